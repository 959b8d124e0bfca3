/**
 * A Kubernetes API in memory. {@link dev.voting.servers.kubernetes.InMemoryKubernetes} is the way
 * in; a request goes from {@code FrontDoor} to {@code Api}, which reads from {@code Store} or
 * writes through {@code Writes}; {@code Collector} tidies up behind deletions.
 */
package dev.voting.servers.kubernetes;
