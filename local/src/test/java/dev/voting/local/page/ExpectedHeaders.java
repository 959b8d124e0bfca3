package dev.voting.local.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.util.Map;

/** The security headers of every answer that the page's server gives. */
final class ExpectedHeaders {
  private static final Map<String, String> ALWAYS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
              + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
              + " require-trusted-types-for 'script'; trusted-types 'none'",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Permissions-Policy",
          "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
          "Referrer-Policy",
          "strict-origin-when-cross-origin",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "X-XSS-Protection",
          "1; mode=block");

  private ExpectedHeaders() {}

  /** Each is there exactly once. */
  static void assertAll(HttpHeaders headers) {
    ALWAYS.forEach(
        (name, value) -> assertThat(headers.allValues(name)).as(name).containsExactly(value));
  }
}
