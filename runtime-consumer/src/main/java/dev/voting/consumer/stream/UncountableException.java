package dev.voting.consumer.stream;

/** An entry is not a vote; the message says why. */
final class UncountableException extends Exception {
  private static final long serialVersionUID = 1L;

  UncountableException(String reason) {
    super(reason, null, false, false);
  }
}
