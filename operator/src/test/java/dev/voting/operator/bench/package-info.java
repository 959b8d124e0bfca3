/** Measures the operator as a process of its own; docs/operator.md says how to run it. */
package dev.voting.operator.bench;
