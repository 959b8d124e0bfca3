/**
 * The few controllers of a cluster that the system needs: StatefulSets, Deployments, ReplicaSets,
 * Jobs and claims become Pods and volumes, and what becomes of those is reported as their status.
 */
package dev.voting.local.controllers;
