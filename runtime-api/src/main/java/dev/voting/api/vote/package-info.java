/**
 * Voting: a vote is parsed, waits for the next batch, and is in the Redis stream before it is
 * answered.
 */
package dev.voting.api.vote;
