package dev.voting.api.http;

/** What the HTTP server reports. Called for every request: it must be quick. */
public interface HttpMetrics {

  /**
   * A request was answered.
   *
   * @param route the path as documented, or "other"
   * @param method the HTTP method, or "other"
   * @param status the HTTP status
   * @param nanos from the end of its headers to the last byte of the answer
   */
  void answered(String route, String method, int status, long nanos);
}
