/**
 * What the vote API and the consumer share: their environment, the vote as it travels through the
 * stream, the database schema, logging, and metrics.
 */
package dev.voting.runtime;
