package dev.voting.api.poll;

/** What the gate of a poll reports; it must be quick. */
public interface PollMetrics {

  /** A vote came after the close. */
  void late();

  /** The poll changed while a batch was under way, so that Redis took nothing of it. */
  void fenceRetry();
}
