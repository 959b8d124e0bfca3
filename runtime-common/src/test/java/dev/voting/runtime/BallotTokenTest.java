package dev.voting.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BallotTokenTest {
  private static final byte[] KEY =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG".getBytes(US_ASCII);

  /** Tokens are on paper: what one version prints every later one has to accept. */
  @Test
  void staysTheSame() {
    assertThat(BallotToken.of(KEY, 137)).isEqualTo("137-ms3ht6p9aehr3005");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 137, 99_999, 1_000_000})
  void isReadBack(int serial) {
    assertThat(BallotToken.serial(KEY, BallotToken.of(KEY, serial))).hasValue(serial);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "137",
        "137-",
        "137-ms3ht6p9aehr3004",
        "138-ms3ht6p9aehr3005",
        "0137-ms3ht6p9aehr3005",
        "0-ms3ht6p9aehr3005",
        "137-MS3HT6P9AEHR3005",
        "137-ms3ht6p9aehr3005 ",
        "99999999-ms3ht6p9aehr3005"
      })
  void nothingElseIsAToken(String text) {
    assertThat(BallotToken.serial(KEY, text)).isEmpty();
  }

  @Test
  void anotherKeyHasOtherTokens() {
    assertThat(BallotToken.serial("another".getBytes(US_ASCII), BallotToken.of(KEY, 1))).isEmpty();
  }
}
