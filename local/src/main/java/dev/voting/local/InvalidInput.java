package dev.voting.local;

/** The command line, or a file named there, is invalid. */
final class InvalidInput extends CommandException {
  private static final long serialVersionUID = 1L;

  InvalidInput(String message) {
    super(message);
  }
}
