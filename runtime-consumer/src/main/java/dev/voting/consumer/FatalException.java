package dev.voting.consumer;

/** Something that retrying cannot mend; the message is one line for a person. */
public final class FatalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FatalException(String message, Throwable cause) {
    super(message, cause);
  }
}
