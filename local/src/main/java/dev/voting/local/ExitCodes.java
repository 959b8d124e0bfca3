package dev.voting.local;

/** The exit codes of all commands. */
final class ExitCodes {
  /** Success. */
  static final int OK = 0;

  /** An error of this machine or of what runs: the message says which. */
  static final int FAILED = 1;

  /** The command line or the given file is invalid. */
  static final int INVALID = 2;

  private ExitCodes() {}
}
