/**
 * The local node: what a kubelet does, with processes of this machine in place of containers. It
 * handles only Pods; {@code dev.voting.local.controllers} handles their workloads.
 */
package dev.voting.local.node;
