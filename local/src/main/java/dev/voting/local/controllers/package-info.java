/**
 * The few controllers of a cluster that the system needs: StatefulSets, Deployments, ReplicaSets,
 * Jobs and claims become Pods and volumes, and their state is reported as the status.
 */
package dev.voting.local.controllers;
