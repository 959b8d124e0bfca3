/**
 * The way in: a vote is read, waits for the next batch, and is in the Redis stream when it is
 * answered.
 */
package dev.voting.api.vote;
