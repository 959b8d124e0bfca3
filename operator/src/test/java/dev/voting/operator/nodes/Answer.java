package dev.voting.operator.nodes;

/** What somebody who votes gets to know. */
sealed interface Answer {

  /** Answered 201: it is to be counted, exactly once. */
  record Taken() implements Answer {}

  /** It is certain that it is not counted. */
  record Refused(String how) implements Answer {}

  /** It has not got as far as the cluster's door, which is nobody's fault here. */
  record Unsent() implements Answer {}

  /** It may or may not be counted. */
  record Unknown(String how) implements Answer {}

  /**
   * Reads an answer that came by the API server's proxy: it is the vote API's own, or the proxy's
   * when that has not reached the vote API.
   */
  static Answer of(int status, String body) {
    if (status == 201) {
      return new Taken();
    }
    if (!body.contains("\"kind\":\"Status\"")) {
      return body.contains("may or may not")
          ? new Unknown(status + " may or may not be counted")
          : new Refused(String.valueOf(status));
    }
    if (body.contains("no endpoints available")) {
      return new Refused(status + " no endpoints");
    }
    if (status == 429) {
      // The API server's own limit.
      return new Unsent();
    }
    if (status == 404) {
      return new Refused("404 no Service");
    }
    // Nothing was sent as long as there was no connection.
    return body.contains("dial tcp")
        ? new Refused(status + " unreachable")
        : new Unknown(status + " by the proxy");
  }
}
