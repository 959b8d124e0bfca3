package dev.voting.local.node;

/** What the one node of this machine is called, wherever Kubernetes wants a node named. */
public final class Node {
  public static final String NAME = "local";

  /** Every pod of the node is reached here, each at ports of its own. */
  public static final String ADDRESS = "127.0.0.1";

  private Node() {}
}
