package dev.voting.runtime;

/** Default names of streams and groups. */
public final class Streams {
  /** Default of {@code STREAM_NAME}. */
  public static final String VOTES = "votes";

  /** Default of {@code CONSUMER_GROUP}. */
  public static final String GROUP = "vote-processors";

  private Streams() {}

  /**
   * The stream of the dead letters of {@code stream}. With its hash tag a Redis Cluster stores both
   * in one slot, as a script that moves an entry requires.
   */
  public static String deadLetters(String stream) {
    return tagged(stream) + ":dead";
  }

  /** The key with the number of entries of {@code stream} that were deleted before they counted. */
  public static String lost(String stream) {
    return tagged(stream) + ":lost";
  }

  /** The key with the poll whose votes {@code stream} takes now. */
  public static String poll(String stream) {
    return tagged(stream) + ":poll";
  }

  /** Unchanged if it has a hash tag already: the first braces, unless they are empty. */
  private static String tagged(String stream) {
    int open = stream.indexOf('{');
    int close = stream.indexOf('}', open + 1);
    return open >= 0 && close > open + 1 ? stream : "{" + stream + "}";
  }
}
