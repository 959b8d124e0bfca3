package dev.voting.runtime;

import java.util.Optional;

/** An option to vote for. */
public enum VoteOption {
  CATS("cats"),
  DOGS("dogs");

  private final String text;

  VoteOption(String text) {
    this.text = text;
  }

  /** The option as it is in requests, in the stream and in the database. */
  public String text() {
    return text;
  }

  /** The option of exactly this text. */
  public static Optional<VoteOption> of(String text) {
    return switch (text) {
      case "cats" -> Optional.of(CATS);
      case "dogs" -> Optional.of(DOGS);
      case null, default -> Optional.empty();
    };
  }
}
