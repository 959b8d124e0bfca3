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

  /** Nearly every body is smaller, and simply read whole. */
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
   * The body as it arrives.
   *
   * @throws HttpProblem 413, at once if its declared length is too large, or else by the stream
   */
  public static InputStream stream(ServerRequest request) {
    if (request.headers().contentLength().orElse(0) > MAX_BYTES) {
      throw tooLarge();
    }
    return new Bounded(request.content().inputStream());
  }

  /** Whether there is an unread body that may be large. */
  static boolean leftToRead(ServerRequest request) {
    return request.content().hasEntity()
        && !request.content().consumed()
        && (!isSmall(request) || request.headers().contains(HeaderValues.EXPECT_100));
  }

  private static boolean isSmall(ServerRequest request) {
    long announced = request.headers().contentLength().orElse(Long.MAX_VALUE);
    return announced <= SMALL_BYTES;
  }

  static HttpProblem tooLarge() {
    return HttpProblem.of(
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
        // Helidon throws this for an invalid size of a chunk.
        throw HttpProblem.malformed("the body's chunks are malformed");
      }
    }
  }
}
