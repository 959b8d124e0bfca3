/**
 * What the vote API and the consumer share: their environment, the vote in the stream, the database
 * schema, logging, and metrics.
 */
package dev.voting.runtime;
