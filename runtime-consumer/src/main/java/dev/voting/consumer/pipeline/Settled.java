package dev.voting.consumer.pipeline;

import dev.voting.consumer.stream.DeadEntry;
import java.util.List;

/**
 * A batch that is in the database, as far as it can be.
 *
 * @param done ids of entries to acknowledge
 * @param dead entries to move to the dead letters
 */
record Settled(List<String> done, List<DeadEntry> dead) {}
