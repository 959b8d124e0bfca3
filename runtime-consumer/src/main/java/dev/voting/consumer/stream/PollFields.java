package dev.voting.consumer.stream;

import dev.voting.runtime.PollVote;
import dev.voting.runtime.VoteEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The fields of an entry that a vote of a poll has. Without a choice they mean nothing: the entry
 * is a vote for cats or dogs, whatever else it has.
 */
final class PollFields {
  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  private final Map<String, String> values = new HashMap<>();
  private final Set<String> twice = new HashSet<>();

  void add(String field, String value) {
    String before = values.put(field, value);
    if (before != null && !before.equals(value)) {
      twice.add(field);
    }
  }

  boolean isPresent() {
    return values.containsKey(VoteEvent.CHOICE);
  }

  String choice() throws UncountableException {
    String choice = value(VoteEvent.CHOICE);
    if (!KEY.matcher(choice).matches()) {
      throw new UncountableException("choice is not the key of an option");
    }
    return choice;
  }

  PollVote vote() throws UncountableException {
    String round = value(VoteEvent.ROUND);
    if (round == null) {
      throw new UncountableException("choice without round");
    }
    return PollVote.of(round, value(VoteEvent.WINDOW), value(VoteEvent.VOTER))
        .orElseThrow(() -> new UncountableException("round, window or voter has another form"));
  }

  private String value(String field) throws UncountableException {
    if (twice.contains(field)) {
      throw new UncountableException(field + " is given twice");
    }
    return values.get(field);
  }
}
