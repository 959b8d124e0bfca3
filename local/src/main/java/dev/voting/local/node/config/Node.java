package dev.voting.local.node.config;

/** The name and address of this machine's only node. */
public final class Node {
  public static final String NAME = "local";

  /** Every pod of the node is at this address, each with its own ports. */
  public static final String ADDRESS = "127.0.0.1";

  private Node() {}
}
