package dev.voting.api.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An error answer in the form of RFC 9457. Thrown by handlers; it has no stack trace, because it is
 * about the request and not about this program.
 */
public final class HttpProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The content type of {@link #body()}. */
  public static final String CONTENT_TYPE = "application/problem+json";

  private final transient Status status;
  private final transient List<FieldError> errors;
  private final transient List<Header> headers;
  private final transient Map<String, String> checks;
  private final transient Optional<String> reason;

  private HttpProblem(
      Status status,
      String detail,
      List<FieldError> errors,
      List<Header> headers,
      Map<String, String> checks,
      Optional<String> reason) {
    super(detail, null, false, false);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
    this.checks = checks;
    this.reason = reason;
  }

  /**
   * What is wrong with one field of the request.
   *
   * @param pointer JSON pointer to the field, as a URI fragment: {@code #/option}
   * @param detail what is wrong and what would be right
   */
  public record FieldError(String pointer, String detail) {}

  public static HttpProblem of(Status status, String detail) {
    return new HttpProblem(status, detail, List.of(), List.of(), Map.of(), Optional.empty());
  }

  /** 400: the request cannot be understood. */
  public static HttpProblem malformed(String detail) {
    return of(Status.BAD_REQUEST_400, detail);
  }

  /** 400: the request cannot be understood, because of one field. */
  public static HttpProblem malformed(String pointer, String detail) {
    return new HttpProblem(
        Status.BAD_REQUEST_400,
        detail,
        List.of(new FieldError(pointer, detail)),
        List.of(),
        Map.of(),
        Optional.empty());
  }

  /**
   * 409: right in itself, and not now.
   *
   * @param reason a word for programs
   */
  public static HttpProblem conflict(String reason, String detail) {
    return new HttpProblem(
        Status.CONFLICT_409, detail, List.of(), List.of(), Map.of(), Optional.of(reason));
  }

  /** 422: understood, and not acceptable. */
  public static HttpProblem invalid(String pointer, String detail) {
    return new HttpProblem(
        Status.UNPROCESSABLE_CONTENT_422,
        detail,
        List.of(new FieldError(pointer, detail)),
        List.of(),
        Map.of(),
        Optional.empty());
  }

  /** 503: try again after so long. */
  public static HttpProblem unavailable(String detail, Duration retryAfter) {
    return of(Status.SERVICE_UNAVAILABLE_503, detail).retryAfter(retryAfter);
  }

  /** 503: not ready; each dependency by name with what is wrong with it, or "ok". */
  public static HttpProblem notReady(String detail, Map<String, String> checks) {
    return new HttpProblem(
            Status.SERVICE_UNAVAILABLE_503, detail, List.of(), List.of(), checks, Optional.empty())
        .retryAfter(Duration.ofSeconds(1));
  }

  /** This problem, to be answered with one header more. */
  public HttpProblem with(Header header) {
    List<Header> all = new ArrayList<>(headers);
    all.add(header);
    return new HttpProblem(status, getMessage(), errors, List.copyOf(all), checks, reason);
  }

  /** This problem with Retry-After, in whole seconds, at least one. */
  HttpProblem retryAfter(Duration wait) {
    long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
    return with(HeaderValues.create(HeaderNames.RETRY_AFTER, Long.toString(seconds)));
  }

  public Status status() {
    return status;
  }

  public List<Header> headers() {
    return headers;
  }

  public Optional<FieldError> firstError() {
    return errors.stream().findFirst();
  }

  /** The answer's body. */
  public byte[] body() {
    return Json.render(
        out -> {
          out.writeStartObject();
          out.writeStringField("type", "about:blank");
          out.writeStringField("title", status.reasonPhrase());
          out.writeNumberField("status", status.code());
          out.writeStringField("detail", getMessage());
          if (reason.isPresent()) {
            out.writeStringField("reason", reason.get());
          }
          if (!errors.isEmpty()) {
            out.writeArrayFieldStart("errors");
            for (FieldError error : errors) {
              out.writeStartObject();
              out.writeStringField("pointer", error.pointer());
              out.writeStringField("detail", error.detail());
              out.writeEndObject();
            }
            out.writeEndArray();
          }
          if (!checks.isEmpty()) {
            out.writeObjectFieldStart("checks");
            for (Map.Entry<String, String> check : checks.entrySet()) {
              out.writeStringField(check.getKey(), check.getValue());
            }
            out.writeEndObject();
          }
          out.writeEndObject();
        });
  }
}
