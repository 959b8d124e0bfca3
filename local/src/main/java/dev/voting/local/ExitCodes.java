package dev.voting.local;

/** The exit codes of all commands. */
final class ExitCodes {
  /** All went well. */
  static final int OK = 0;

  /** Something is wrong with this machine or with what runs: the message says what. */
  static final int FAILED = 1;

  /** The command line or the given file is wrong. */
  static final int INVALID = 2;

  private ExitCodes() {}
}
