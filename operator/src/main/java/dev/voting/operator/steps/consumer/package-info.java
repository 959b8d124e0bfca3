/** Restarts the consumer's Job, which Kubernetes does not. */
package dev.voting.operator.steps.consumer;
