package dev.voting.runtime;

/** An environment variable that is missing or malformed; the message is one line for a person. */
public final class EnvironmentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param variable the variable's name
   * @param problem what is wrong and what would be right; never the value of a secret
   */
  public EnvironmentException(String variable, String problem) {
    super(variable + " " + problem);
  }
}
