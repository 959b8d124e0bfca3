package dev.voting.runtime;

/** Names of streams and groups, where nothing else is configured. */
public final class Streams {
  /** Default of {@code STREAM_NAME}. */
  public static final String VOTES = "votes";

  /** Default of {@code CONSUMER_GROUP}. */
  public static final String GROUP = "vote-processors";

  private Streams() {}

  /** The stream for the entries of {@code stream} that can never be counted. */
  public static String deadLetters(String stream) {
    return stream + ":dead";
  }
}
