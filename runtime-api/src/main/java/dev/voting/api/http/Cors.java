package dev.voting.api.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.List;

/**
 * Which web pages of other origins may use this service. The browser blocks a page of an origin
 * that is not allowed; no request is refused for its Origin header, because behind a proxy the
 * service does not know its own origin.
 */
public final class Cors {
  private static final HeaderName ORIGIN = HeaderNames.ORIGIN;
  private static final HeaderName REQUEST_METHOD = HeaderNames.ACCESS_CONTROL_REQUEST_METHOD;
  private static final Header VARY = HeaderValues.createCached(HeaderNames.VARY, "Origin");
  private static final Header VARY_PREFLIGHT =
      HeaderValues.createCached(
          HeaderNames.VARY,
          "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  private static final Header ANY =
      HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
  private static final String HEADERS = "Accept, Content-Type, Idempotency-Key, Last-Event-ID";
  private static final String POLL_HEADERS = ", Ballot-Token, Poll-Round";
  private static final String EXPOSED = "Age, Retry-After, Warning";
  private static final String POLL_EXPOSED = ", Poll-Round";
  private static final Header MAX_AGE =
      HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_MAX_AGE, "600");
  private static final Header CREDENTIALS =
      HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");

  private final List<String> origins;
  private final boolean any;
  private final boolean credentials;
  private final Header headers;
  private final Header exposed;

  /**
   * @param origins {@code https://example.org} or {@code http://localhost:3000}, or a single {@code
   *     *}; none for no other origin
   * @param credentials whether browsers may send cookies along; not with {@code *}
   * @param poll whether those pages may use the headers of a poll too
   * @throws IllegalArgumentException when an origin is not of that form
   */
  public Cors(List<String> origins, boolean credentials, boolean poll) {
    origins.forEach(Cors::check);
    this.origins = List.copyOf(origins);
    this.any = origins.contains("*");
    this.credentials = credentials;
    this.headers =
        HeaderValues.createCached(
            HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, HEADERS + (poll ? POLL_HEADERS : ""));
    this.exposed =
        HeaderValues.createCached(
            HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED + (poll ? POLL_EXPOSED : ""));
    if (any && credentials) {
      throw new IllegalArgumentException("* does not go with credentials: name the origins");
    }
  }

  private static void check(String origin) {
    if (origin.equals("*")) {
      return;
    }
    try {
      URI uri = new URI(origin);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      String exact =
          uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
      if (web && uri.getHost() != null && exact.equals(origin)) {
        return;
      }
    } catch (URISyntaxException e) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        "'" + origin + "' is no origin: write https://host or https://host:port, without a path");
  }

  /** Whether the request asks what a page of another origin may do. */
  boolean isPreflight(ServerRequest request) {
    return request.headers().contains(ORIGIN) && request.headers().contains(REQUEST_METHOD);
  }

  /** Answers a preflight for a path that supports these methods. */
  void preflight(ServerRequest request, ServerResponse response, Collection<String> methods) {
    response.header(VARY_PREFLIGHT);
    if (!allowed(request.headers().get(ORIGIN).get())) {
      throw HttpProblem.of(Status.FORBIDDEN_403, "pages of this origin may not use this service");
    }
    response.header(
        HeaderValues.create(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, String.join(", ", methods)));
    response.header(headers);
    response.header(MAX_AGE);
    response.status(Status.NO_CONTENT_204).send();
  }

  /** Adds the headers that let the page of an allowed origin read any answer. */
  void decorate(ServerRequest request, ServerResponse response) {
    if (any) {
      response.header(ANY);
      response.header(exposed);
      return;
    }
    if (origins.isEmpty()) {
      return;
    }
    response.header(VARY);
    if (request.headers().contains(ORIGIN)) {
      String origin = request.headers().get(ORIGIN).get();
      if (allowed(origin)) {
        response.header(HeaderValues.create(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin));
        response.header(exposed);
        if (credentials) {
          response.header(CREDENTIALS);
        }
      }
    }
  }

  private boolean allowed(String origin) {
    return any || origins.contains(origin);
  }
}
