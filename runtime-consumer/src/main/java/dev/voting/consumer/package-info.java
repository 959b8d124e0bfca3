/**
 * The consumer: reads votes from the stream in batches, records each batch in one transaction, and
 * acknowledges it after the commit. Whatever happens in between, a batch is at most repeated, and a
 * repeated batch changes nothing.
 */
package dev.voting.consumer;
