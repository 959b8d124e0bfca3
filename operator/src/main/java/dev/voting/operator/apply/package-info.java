/** Brings a blueprint into the cluster, and out of it what the blueprint holds no longer. */
package dev.voting.operator.apply;
