package dev.voting.api.vote;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.voting.api.http.HttpProblem;
import dev.voting.api.http.Json;
import dev.voting.api.http.RequestBody;
import dev.voting.runtime.VoteOption;
import io.helidon.http.BadRequestException;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code {"option":"cats"}}, and rejects everything else with what is wrong. */
final class VoteBody {
  private static final Form CATS_AND_DOGS =
      new Form(
          "send {\"option\":\"cats\"} or {\"option\":\"dogs\"}",
          "must be a string: cats or dogs",
          option ->
              VoteOption.of(option).isPresent()
                  ? Optional.empty()
                  : Optional.of("vote for cats or dogs"));
  private static final Form POLL =
      new Form(
          "send {\"option\":\"<key>\"} with a key of /api/poll",
          "must be a string: a key of /api/poll",
          option -> Optional.empty());
  private static final Header JSON =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
  private static final String WHOLE = "#";
  static final String OPTION = "#/option";

  private final JsonParser json;
  private final Form form;

  /** The field that was read last to the end of its value. */
  private String complete;

  /**
   * What a body may hold.
   *
   * @param example what to send
   * @param type of what the option must be
   * @param problem what is wrong with an option
   */
  private record Form(String example, String type, Function<String, Optional<String>> problem) {}

  private VoteBody(JsonParser json, Form form) {
    this.json = json;
    this.form = form;
  }

  /**
   * The option voted for.
   *
   * @throws HttpProblem 415 if its type is not JSON, 400 if it cannot be parsed, 422 if it can, and
   *     is no vote
   */
  static VoteOption of(ServerRequest request) throws IOException {
    return option(read(request, CATS_AND_DOGS));
  }

  /**
   * The text of the option voted for, which a poll may or may not have.
   *
   * @throws HttpProblem as {@link #of}
   */
  static String text(ServerRequest request) throws IOException {
    return read(request, POLL);
  }

  private static String read(ServerRequest request, Form form) throws IOException {
    requireJson(request.headers());
    Optional<byte[]> small = RequestBody.small(request);
    if (small.isPresent()) {
      return read(small.get(), form);
    }
    return read(RequestBody.stream(request), form);
  }

  /** A body in memory. */
  static VoteOption parse(byte[] body) {
    return option(read(body, CATS_AND_DOGS));
  }

  /** A body as it arrives. */
  static VoteOption parse(InputStream body) throws IOException {
    return option(read(body, CATS_AND_DOGS));
  }

  private static VoteOption option(String text) {
    return VoteOption.of(text).orElseThrow();
  }

  private static String read(byte[] body, Form form) {
    if (body.length == 0) {
      throw HttpProblem.malformed(WHOLE, "the body is empty: " + form.example());
    }
    try (JsonParser json = Json.parser(decode(body))) {
      return new VoteBody(json, form).read();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot happen in memory", e);
    }
  }

  /** Without keeping it. It is not closed, which might block. */
  private static String read(InputStream body, Form form) throws IOException {
    try (JsonParser json = Json.parser(new InputStreamReader(body, strictUtf8()))) {
      return new VoteBody(json, form).read();
    }
  }

  private String read() throws IOException {
    try {
      return readWhole();
    } catch (CharacterCodingException e) {
      throw notUtf8();
    } catch (StreamConstraintsException e) {
      throw HttpProblem.malformed(
          where(), "the body is nested too deeply or holds a value that is too long");
    } catch (JsonProcessingException e) {
      throw HttpProblem.malformed(where(), "the body is not JSON: " + form.example());
    }
  }

  /** The field at whose value the parser failed, or the whole body if it was between two fields. */
  private String where() {
    JsonStreamContext context = json.getParsingContext();
    while (context.getParent() != null && !context.getParent().inRoot()) {
      context = context.getParent();
    }
    String field = context.inObject() ? context.getCurrentName() : null;
    return field == null || field.equals(complete) ? WHOLE : pointer(field);
  }

  static void requireJson(ServerRequestHeaders headers) {
    if (!isJson(headers)) {
      throw HttpProblem.of(
          Status.UNSUPPORTED_MEDIA_TYPE_415,
          "the body must be JSON in UTF-8: send Content-Type: application/json");
    }
  }

  private static boolean isJson(ServerRequestHeaders headers) {
    if (headers.contains(JSON)) {
      return true; // what nearly all clients send, without the cost of parsing the type
    }
    try {
      return headers
          .contentType()
          .filter(type -> type.mediaType().text().equalsIgnoreCase("application/json"))
          .filter(type -> type.charset().map("utf-8"::equalsIgnoreCase).orElse(true))
          .isPresent();
    } catch (BadRequestException | IllegalArgumentException e) {
      return false;
    }
  }

  private static CharBuffer decode(byte[] body) {
    try {
      return strictUtf8().decode(ByteBuffer.wrap(body));
    } catch (CharacterCodingException e) {
      throw notUtf8();
    }
  }

  private static CharsetDecoder strictUtf8() {
    return UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  private static HttpProblem notUtf8() {
    return HttpProblem.malformed(WHOLE, "the body is not UTF-8");
  }

  /**
   * Reads to the very end before it validates the content: a truncated body, or one with trailing
   * data, is malformed whatever its content.
   */
  private String readWhole() throws IOException {
    JsonToken start = json.nextToken();
    if (start == null) {
      throw HttpProblem.malformed(WHOLE, "the body is blank: " + form.example());
    }
    if (start != JsonToken.START_OBJECT) {
      json.skipChildren();
      requireEnd();
      throw HttpProblem.invalid(WHOLE, "the body must be a JSON object: " + form.example());
    }
    String option = null;
    boolean found = false;
    HttpProblem problem = null;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken value = json.nextToken();
      if (!name.equals("option")) {
        problem = first(problem, unknown(name));
        readToEnd(name);
        continue;
      }
      if (found) {
        throw HttpProblem.malformed(OPTION, "occurs twice: send it once");
      }
      found = true;
      if (value == JsonToken.VALUE_STRING) {
        option = json.getText();
        Optional<String> wrong = form.problem().apply(option);
        if (wrong.isPresent()) {
          problem = first(problem, HttpProblem.invalid(OPTION, wrong.get()));
        }
      } else {
        problem = first(problem, HttpProblem.invalid(OPTION, form.type()));
      }
      readToEnd(name);
    }
    requireEnd();
    if (problem != null) {
      throw problem;
    }
    if (!found) {
      throw HttpProblem.invalid(OPTION, "is missing: " + form.example());
    }
    return option;
  }

  private void readToEnd(String field) throws IOException {
    json.skipChildren();
    json.finishToken();
    complete = field;
  }

  private void requireEnd() throws IOException {
    if (json.nextToken() != null) {
      throw HttpProblem.malformed(WHOLE, "there is more after the end of the JSON value");
    }
  }

  private static HttpProblem first(HttpProblem earlier, HttpProblem later) {
    return earlier == null ? later : earlier;
  }

  private HttpProblem unknown(String name) {
    return HttpProblem.invalid(pointer(name), "is not a field of a vote: " + form.example());
  }

  /** A pointer to the field as a URI fragment, RFC 6901; long names are cut. */
  private static String pointer(String name) {
    String shown = name.length() > 64 ? name.substring(0, 64) : name;
    String escaped = shown.replace("~", "~0").replace("/", "~1");
    return "#/" + URLEncoder.encode(escaped, UTF_8).replace("+", "%20").replace("%7E", "~");
  }
}
