package dev.voting.api;

import java.io.IOException;

/** The service cannot listen on a port of its settings. */
public final class PortTakenException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String variable;

  PortTakenException(String variable, IOException cause) {
    super(variable + " cannot be listened on", cause);
    this.variable = variable;
  }

  /** The environment variable that names it. */
  public String variable() {
    return variable;
  }
}
