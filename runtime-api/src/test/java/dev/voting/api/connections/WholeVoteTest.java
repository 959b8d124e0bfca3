package dev.voting.api.connections;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who goes first when many begin at once. */
class WholeVoteTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /api/vote HTTP/1.1\nHost: x\nContent-Length: 3\n\nabc",
        "POST /api/vote HTTP/1.1\ncontent-length:3\n\nabcd",
        "POST /api/vote HTTP/1.1\nContent-Length: 0\n\n",
      })
  void aVoteThatIsThere(String request) {
    assertThat(WholeVote.isIn(bytes(request))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "POST /api/vote HTTP/1.1\nHost: x\n",
        "POST /api/vote HTTP/1.1\nContent-Length: 3\n\nab",
        "POST /api/vote HTTP/1.1\nContent-Length: 1000000\n\n{\"option\":\"cats\"}",
        "POST /api/vote HTTP/1.1\nTransfer-Encoding: chunked\n\n0\n\n",
        "POST /api/vote HTTP/1.1\nX-Content-Length: 0\n\n",
        "POST /api/vote HTTP/1.1\nHost: x\n\nContent-Length: 0\n\n",
        "GET /api/results HTTP/1.1\nContent-Length: 0\n\n",
      })
  void whatElseBegins(String request) {
    assertThat(WholeVote.isIn(bytes(request))).isFalse();
  }

  private static byte[] bytes(String request) {
    return request.replace("\n", "\r\n").getBytes(US_ASCII);
  }
}
