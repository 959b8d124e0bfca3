package dev.voting.consumer.stream;

/**
 * An entry that can never be counted.
 *
 * @param entry the entry
 * @param reason why, in a few words
 */
public record DeadLetter(StreamEntry entry, String reason) {}
