package dev.voting.api.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.CharBuffer;

/** The service's only JSON parser and writer; the parser is strict. */
public final class Json {
  private static final int MAX_DEPTH = 32;

  /** Of a name or a text, in characters: the parser may have to hold as much. */
  private static final int MAX_LENGTH = 8 * 1024;

  /** Accepts only standard JSON, and holds little of it. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_LENGTH)
                  .maxNameLength(MAX_LENGTH)
                  .build())
          .build();

  private Json() {}

  /** A parser of that text. Whatever is not JSON is an {@link IOException}. */
  public static JsonParser parser(CharBuffer text) throws IOException {
    return FACTORY.createParser(
        text.array(), text.arrayOffset() + text.position(), text.remaining());
  }

  /** A parser of a stream. Whatever is not JSON is a {@code JsonProcessingException}. */
  public static JsonParser parser(Reader text) throws IOException {
    return FACTORY.createParser(text);
  }

  /** Writes one JSON value. */
  @FunctionalInterface
  public interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  /** The value as UTF-8 bytes. */
  public static byte[] render(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot happen in memory", e);
    }
    return bytes.toByteArray();
  }
}
