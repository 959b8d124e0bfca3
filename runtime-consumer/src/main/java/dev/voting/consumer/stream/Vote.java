package dev.voting.consumer.stream;

import dev.voting.runtime.VoteEvent;
import java.util.Optional;

/**
 * An entry that can be counted.
 *
 * @param entry where it came from
 * @param event what it says
 */
public record Vote(StreamEntry entry, VoteEvent event) {

  /** The same without all that a client can write into it as it likes. */
  public Vote plain() {
    return new Vote(
        entry,
        new VoteEvent(
            event.option(),
            event.timestamp(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            event.poll()));
  }
}
