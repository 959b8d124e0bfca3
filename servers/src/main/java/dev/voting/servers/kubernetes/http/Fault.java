package dev.voting.servers.kubernetes.http;

import dev.voting.servers.kubernetes.wire.ApiException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Requests that are to fail, so that tests see what clients make of it. */
public final class Fault {

  /** In the place of a status: the answer begins, and never ends. */
  public static final int STALL = -1;

  private final Predicate<RecordedRequest> matches;
  private final AtomicInteger left;
  private final int status;
  private final String message;

  public Fault(Predicate<RecordedRequest> matches, int times, int status, String message) {
    this.matches = matches;
    this.left = new AtomicInteger(times);
    this.status = status;
    this.message = message;
  }

  /** Whether this request is one of those; counts it if so. */
  boolean takes(RecordedRequest request) {
    return matches.test(request) && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }

  /** HTTP status to answer with; 0 to cut the connection, {@link #STALL} to begin an answer. */
  int status() {
    return status;
  }

  /** What to answer, in the words of a real server. */
  ApiException answer() {
    return ApiException.of(
        status,
        switch (status) {
          case 403 -> "Forbidden";
          case 409 -> "Conflict";
          case 422 -> "Invalid";
          default -> "InternalError";
        },
        message);
  }
}
