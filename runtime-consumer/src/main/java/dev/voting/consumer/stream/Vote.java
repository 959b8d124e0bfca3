package dev.voting.consumer.stream;

import dev.voting.runtime.VoteEvent;

/**
 * An entry that can be counted.
 *
 * @param entry where it came from
 * @param event what it says
 */
public record Vote(StreamEntry entry, VoteEvent event) {}
