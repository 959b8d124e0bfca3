package dev.voting.local;

/** What was given on the command line, or in a file named there, is wrong. */
final class InvalidInput extends Problem {
  private static final long serialVersionUID = 1L;

  InvalidInput(String message) {
    super(message);
  }
}
