package dev.voting.local.errors;

/** The exit codes of all commands. */
public final class ExitCodes {
  /** Success. */
  public static final int OK = 0;

  /** An error of this machine or of what runs: the message says which. */
  public static final int FAILED = 1;

  /** The command line or the given file is invalid. */
  public static final int INVALID = 2;

  private ExitCodes() {}
}
