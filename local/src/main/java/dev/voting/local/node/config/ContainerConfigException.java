package dev.voting.local.node.config;

/** A container cannot be created from its spec yet, for example because a Secret is missing. */
public final class ContainerConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The waiting reason of a kubelet, for example CreateContainerConfigError. */
  private final String reason;

  ContainerConfigException(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  public String reason() {
    return reason;
  }
}
