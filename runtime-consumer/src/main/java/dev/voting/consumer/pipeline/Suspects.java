package dev.voting.consumer.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Votes that the database refused, each alone. Such a vote is at fault only if the database
 * recorded another one since; while two different ones are refused in a row, the database is at
 * fault.
 */
final class Suspects {
  /** Beyond this number the oldest are forgotten, and have to be refused again. */
  private static final int MOST = 10_000;

  /** By the vote's id: how many commits there had been when it was refused first. */
  private final Map<String, Long> refused =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  private long commits;

  /** Different votes since the last commit. */
  private int inARow;

  /** Votes were recorded. */
  void recorded() {
    commits++;
    inARow = 0;
  }

  /** A vote is refused, and only the client's own data in it can be the cause. */
  boolean isProven(String id) {
    Long before = refused.putIfAbsent(id, commits);
    if (before == null) {
      inARow++;
      return false;
    }
    if (before < commits) {
      refused.remove(id);
      return true;
    }
    return false;
  }

  /** Whether two different votes or more were refused, and none recorded since. */
  boolean isDatabaseAtFault() {
    return inARow > 1;
  }
}
