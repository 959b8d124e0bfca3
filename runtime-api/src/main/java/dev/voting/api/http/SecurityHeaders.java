package dev.voting.api.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.util.List;

/** The headers that every answer carries, whatever its status. */
final class SecurityHeaders {
  static final List<Header> ALL =
      List.of(
          HeaderValues.createCached(HeaderNames.create("X-Content-Type-Options"), "nosniff"),
          HeaderValues.createCached(HeaderNames.create("X-Frame-Options"), "DENY"),
          HeaderValues.createCached(HeaderNames.create("X-XSS-Protection"), "1; mode=block"),
          HeaderValues.createCached(
              HeaderNames.create("Referrer-Policy"), "strict-origin-when-cross-origin"),
          HeaderValues.createCached(
              HeaderNames.create("Content-Security-Policy"),
              "default-src 'none'; frame-ancestors 'none'"));

  /** Sent only when the client came by TLS; over plain HTTP browsers must ignore it. */
  static final Header STRICT_TRANSPORT =
      HeaderValues.createCached(
          HeaderNames.create("Strict-Transport-Security"), "max-age=31536000; includeSubDomains");

  private SecurityHeaders() {}
}
