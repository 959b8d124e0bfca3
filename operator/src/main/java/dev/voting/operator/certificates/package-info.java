/**
 * X.509: a CA, what it signs, and when each is due to be renewed. Pure functions of the time and of
 * a source of randomness; they know nothing of Kubernetes.
 */
package dev.voting.operator.certificates;
