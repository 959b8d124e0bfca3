package dev.voting.consumer.pipeline;

import dev.voting.consumer.stream.DeadLetter;
import java.util.List;

/**
 * A batch whose votes are recorded, or are dead letters.
 *
 * @param done ids of entries to acknowledge
 * @param dead entries to move to the dead letters
 * @param run whether the stream had no others between those that are done
 */
record Settled(List<String> done, List<DeadLetter> dead, boolean run) {}
