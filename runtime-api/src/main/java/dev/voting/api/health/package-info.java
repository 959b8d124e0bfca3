/** Readiness and metrics of the service. */
package dev.voting.api.health;
