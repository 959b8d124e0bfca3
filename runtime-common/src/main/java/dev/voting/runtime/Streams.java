package dev.voting.runtime;

/** Names of streams and groups, where nothing else is configured. */
public final class Streams {
  /** Default of {@code STREAM_NAME}. */
  public static final String VOTES = "votes";

  /** Default of {@code CONSUMER_GROUP}. */
  public static final String GROUP = "vote-processors";

  private Streams() {}

  /**
   * The stream for the entries of {@code stream} that can never be counted. By its hash tag a Redis
   * Cluster holds both in one place, without which no script may move an entry.
   */
  public static String deadLetters(String stream) {
    return tagged(stream) + ":dead";
  }

  /** The key with the number of entries of {@code stream} that were deleted before they counted. */
  public static String lost(String stream) {
    return tagged(stream) + ":lost";
  }

  /** As it is where it has a hash tag already: the first braces, unless nothing is between them. */
  private static String tagged(String stream) {
    int open = stream.indexOf('{');
    int close = stream.indexOf('}', open + 1);
    return open >= 0 && close > open + 1 ? stream : "{" + stream + "}";
  }
}
