package dev.voting.crd;

/** What happens to the data when a VotingApp is deleted. */
public enum DeletionPolicy {
  /** The data namespace, its claims and its Secret stay. */
  Retain,
  /** Everything goes. */
  Delete
}
