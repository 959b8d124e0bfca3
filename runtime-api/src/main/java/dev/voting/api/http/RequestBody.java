package dev.voting.api.http;

import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A request's body, up to {@value #MAX_BYTES} bytes of it. */
public final class RequestBody {
  public static final int MAX_BYTES = 1024 * 1024;

  /** Nearly every body is smaller, and worth no trouble. */
  private static final int SMALL_BYTES = 4 * 1024;

  private RequestBody() {}

  /** The whole body, if its length is known beforehand, and small. */
  public static Optional<byte[]> small(ServerRequest request) throws IOException {
    if (!request.content().hasEntity()) {
      return Optional.of(new byte[0]);
    }
    if (!isSmall(request)) {
      return Optional.empty();
    }
    try (InputStream in = request.content().inputStream()) {
      return Optional.of(in.readNBytes((int) request.headers().contentLength().orElse(0)));
    }
  }

  /**
   * The body as it comes.
   *
   * @throws Problem 413, at once when the request says that it is too large, or by the stream when
   *     it turns out to be
   */
  public static InputStream stream(ServerRequest request) {
    if (request.headers().contentLength().orElse(0) > MAX_BYTES) {
      throw tooLarge();
    }
    return new Bounded(request.content().inputStream());
  }

  /** Whether a body is there still of which it is not known that it is small. */
  static boolean leftToRead(ServerRequest request) {
    return request.content().hasEntity()
        && !request.content().consumed()
        && (!isSmall(request) || request.headers().contains(HeaderValues.EXPECT_100));
  }

  private static boolean isSmall(ServerRequest request) {
    long announced = request.headers().contentLength().orElse(Long.MAX_VALUE);
    return announced <= SMALL_BYTES;
  }

  static Problem tooLarge() {
    return Problem.of(
        Status.REQUEST_ENTITY_TOO_LARGE_413, "the body is larger than " + MAX_BYTES + " bytes");
  }

  private static final class Bounded extends FilterInputStream {
    private long left = MAX_BYTES;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        int read = super.read(bytes, offset, length);
        left -= Math.max(0, read);
        if (left < 0) {
          throw tooLarge();
        }
        return read;
      } catch (NumberFormatException e) {
        // The server lets this one through, for the size of a chunk that is no number.
        throw Problem.malformed("the body's chunks are malformed");
      }
    }
  }
}
