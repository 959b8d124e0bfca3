package dev.voting.servers.kubernetes;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Requests that are to fail, so that tests see what clients make of it. */
final class Fault {

  /** In the place of a status: the answer begins, and never ends. */
  static final int STALL = -1;

  private final Predicate<RecordedRequest> matches;
  private final AtomicInteger left;
  private final int status;

  Fault(Predicate<RecordedRequest> matches, int times, int status) {
    this.matches = matches;
    this.left = new AtomicInteger(times);
    this.status = status;
  }

  /** Whether this request is one of those; counts it if so. */
  boolean takes(RecordedRequest request) {
    return matches.test(request) && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }

  /** HTTP status to answer with; 0 to cut the connection, {@link #STALL} to begin an answer. */
  int status() {
    return status;
  }
}
