package dev.voting.local.errors;

/** The command line, or a file named there, is invalid. */
public final class InvalidInput extends CommandException {
  private static final long serialVersionUID = 1L;

  public InvalidInput(String message) {
    super(message);
  }
}
