package dev.voting.consumer.settings;

/** An error that no retry can fix; the message is one line for a person. */
public final class FatalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FatalException(String message, Throwable cause) {
    super(message, cause);
  }
}
