/**
 * The local node: what a kubelet does, with processes of this machine in place of containers. It
 * knows Pods only; which workload wanted a Pod is the business of {@code
 * dev.voting.local.controllers}.
 */
package dev.voting.local.node;
