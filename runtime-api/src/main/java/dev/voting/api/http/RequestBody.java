package dev.voting.api.http;

import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads a request's body whole, up to {@value #MAX_BYTES} bytes. */
final class RequestBody {
  static final int MAX_BYTES = 1024 * 1024;

  /**
   * So much more is read and thrown away, so that a client that only reads the answer once it has
   * sent everything gets to see the 413.
   */
  static final int MAX_DISCARDED_BYTES = 8 * 1024 * 1024;

  private static final int SMALL_BYTES = 4 * 1024;
  private static final byte[] NONE = {};

  private RequestBody() {}

  static byte[] read(ServerRequest request) throws IOException {
    if (!request.content().hasEntity()) {
      return NONE;
    }
    long announced = request.headers().contentLength().orElse(0);
    if (announced > MAX_BYTES && request.headers().contains(HeaderValues.EXPECT_100)) {
      throw tooLarge();
    }
    try (InputStream in = request.content().inputStream()) {
      if (announced > 0 && announced <= SMALL_BYTES) {
        // Without the large buffer that the general way begins with.
        byte[] small = new byte[(int) announced];
        return Arrays.copyOf(small, in.readNBytes(small, 0, small.length));
      }
      byte[] body = in.readNBytes(MAX_BYTES);
      if (body.length == MAX_BYTES && in.read() >= 0) {
        in.skip(MAX_DISCARDED_BYTES);
        throw tooLarge();
      }
      return body;
    }
  }

  static Problem tooLarge() {
    return Problem.of(
        Status.REQUEST_ENTITY_TOO_LARGE_413, "the body is larger than " + MAX_BYTES + " bytes");
  }
}
