package dev.voting.servers.kubernetes.http;

import dev.voting.servers.kubernetes.wire.ApiException;
import io.fabric8.mockwebserver.http.MockResponse;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Requests that are to fail, so that tests see what clients make of it. */
public final class Fault {

  /** In the place of a status: the connection is cut. */
  public static final int CUT = 0;

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

  /**
   * What to answer.
   *
   * @throws ApiException where that is an error
   */
  MockResponse response() {
    return switch (status) {
      case CUT -> new StreamedResponse(Output::cut);
      case STALL -> new StreamedResponse(output -> output.begin("application/json"));
      default -> throw error();
    };
  }

  /** In the words of a real server. */
  private ApiException error() {
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
