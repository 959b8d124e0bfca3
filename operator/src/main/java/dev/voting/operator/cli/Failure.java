package dev.voting.operator.cli;

/** Something that a person can fix; its message says what and how, in one line. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Failure(String message, Throwable cause) {
    super(message, cause);
  }

  Failure(String message) {
    super(message);
  }
}
