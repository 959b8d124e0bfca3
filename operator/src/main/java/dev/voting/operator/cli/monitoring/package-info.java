/** Probes and metrics of the operator. */
package dev.voting.operator.cli.monitoring;
