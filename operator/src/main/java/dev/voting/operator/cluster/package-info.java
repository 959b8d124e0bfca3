/** What is observed of a cluster, and whose it is. Nothing here writes. */
package dev.voting.operator.cluster;
