package dev.voting.consumer.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Entries that were delivered together, sorted by what can be done with them.
 *
 * @param votes can be counted, in the order of the stream
 * @param dead can never be counted
 * @param deleted ids of entries that somebody deleted before they were read
 * @param run whether the stream had no other entries from the first to the last of these
 */
public record Batch(List<Vote> votes, List<DeadLetter> dead, List<String> deleted, boolean run) {

  /** Sorts entries. */
  public static Batch of(List<StreamEntry> entries, boolean run) {
    List<Vote> votes = new ArrayList<>(entries.size());
    List<DeadLetter> dead = new ArrayList<>();
    List<String> deleted = new ArrayList<>();
    for (StreamEntry entry : entries) {
      if (entry.fields() == null) {
        deleted.add(entry.id());
        continue;
      }
      try {
        votes.add(new Vote(entry, EntryParser.parse(entry)));
      } catch (UncountableException e) {
        dead.add(new DeadLetter(entry, e.getMessage()));
      }
    }
    return new Batch(votes, dead, deleted, run);
  }

  /** The ids of all entries. */
  public Stream<String> ids() {
    return Stream.concat(
        deleted.stream(),
        Stream.concat(votes.stream().map(Vote::entry), dead.stream().map(DeadLetter::entry))
            .map(StreamEntry::id));
  }

  public int size() {
    return votes.size() + dead.size() + deleted.size();
  }
}
