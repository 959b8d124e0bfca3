/** Objects as the rows that {@code kubectl get} prints. */
package dev.voting.servers.kubernetes.tables;
