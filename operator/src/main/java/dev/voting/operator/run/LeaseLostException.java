package dev.voting.operator.run;

/** Another operator may act from now on, so this one must not. */
public final class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseLostException() {
    super("the lease is lost, and with it the right to act");
  }
}
