/**
 * A Kubernetes API in memory; {@link dev.voting.servers.kubernetes.InMemoryKubernetes} starts it. A
 * request goes down through the rooms, and none looks up again:
 *
 * <pre>
 * http → api → tables
 *           → write → apply
 *                  → store → schema → wire
 * </pre>
 */
package dev.voting.servers.kubernetes;
