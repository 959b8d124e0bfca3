/**
 * The whole system on a cluster with nodes, while people vote; CONTRIBUTING.md says how to run it.
 */
package dev.voting.operator.nodes;
