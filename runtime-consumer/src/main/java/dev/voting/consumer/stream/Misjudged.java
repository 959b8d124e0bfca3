package dev.voting.consumer.stream;

import static dev.voting.consumer.stream.VoteStream.text;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Votes of polls among the dead letters: a consumer of a version without polls found no option in
 * them.
 */
public final class Misjudged {
  private static final Pattern ID = Pattern.compile("[0-9]{1,19}-[0-9]{1,19}");

  private Misjudged() {}

  /** The vote that a dead letter is, as it was in the stream; nothing if it is none. */
  public static Optional<Vote> vote(StreamEntry dead) {
    List<byte[]> fields = dead.fields();
    if (fields == null
        || fields.size() < 4
        || !text(fields.get(0)).equals("reason")
        || !text(fields.get(1)).equals("no option")
        || !text(fields.get(2)).equals("original_id")
        || !ID.matcher(text(fields.get(3))).matches()) {
      return Optional.empty();
    }
    StreamEntry original = new StreamEntry(text(fields.get(3)), fields.subList(4, fields.size()));
    try {
      return Optional.of(new Vote(original, EntryParser.parse(original)))
          .filter(vote -> vote.event().poll().isPresent());
    } catch (UncountableException e) {
      return Optional.empty();
    }
  }
}
