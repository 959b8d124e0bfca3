/**
 * A Kubernetes API in memory; {@link dev.voting.servers.kubernetes.InMemoryKubernetes} starts it.
 * The rooms in order, each of which may use those after it: {@code mock}, {@code http}, {@code
 * api}, {@code tables}, {@code write}, {@code apply}, {@code store}, {@code schema}, {@code wire}.
 */
package dev.voting.servers.kubernetes;
