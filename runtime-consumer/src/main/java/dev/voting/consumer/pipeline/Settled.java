package dev.voting.consumer.pipeline;

import dev.voting.consumer.stream.DeadEntry;
import java.util.List;

/**
 * A batch that is in the database, as far as it can be.
 *
 * @param done ids of entries to acknowledge
 * @param dead entries to move to the dead letters
 * @param run whether the stream had no others between those that are done
 */
record Settled(List<String> done, List<DeadEntry> dead, boolean run) {}
