package dev.voting.local;

/** An error that the user can fix; the message says what and how, one line per error. */
sealed class CommandException extends RuntimeException permits InvalidInput {
  private static final long serialVersionUID = 1L;

  CommandException(String message) {
    super(message);
  }

  CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
