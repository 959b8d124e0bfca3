package dev.voting.local.errors;

/** An error that the user can fix; the message says what and how, one line per error. */
public sealed class CommandException extends RuntimeException permits InvalidInput {
  private static final long serialVersionUID = 1L;

  public CommandException(String message) {
    super(message);
  }

  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
