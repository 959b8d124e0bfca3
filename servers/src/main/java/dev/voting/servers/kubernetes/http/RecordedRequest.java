package dev.voting.servers.kubernetes.http;

import dev.voting.servers.kubernetes.wire.Request;
import java.time.Instant;

/**
 * A request that came, as tests want to know it.
 *
 * @param time when it came
 * @param method the HTTP method
 * @param path the path, without the query
 * @param query the query as it was sent, "" for none
 * @param userAgent who sent it
 * @param fieldManager in whose name it writes
 * @param watch whether it is a watch, which stays open
 */
public record RecordedRequest(
    Instant time,
    String method,
    String path,
    String query,
    String userAgent,
    String fieldManager,
    boolean watch) {

  static RecordedRequest of(Request request) {
    return new RecordedRequest(
        Instant.now(),
        request.method(),
        request.path(),
        request.rawQuery(),
        request.header("user-agent"),
        request.fieldManager(),
        request.flag("watch"));
  }

  /**
   * Whether the request changes something.
   *
   * @return true for anything but a GET
   */
  public boolean isWrite() {
    return !method.equals("GET");
  }
}
