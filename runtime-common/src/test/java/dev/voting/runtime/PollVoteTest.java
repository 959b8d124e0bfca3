package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollVoteTest {

  @ParameterizedTest
  @CsvSource({
    "1000-2000, 999-18446744073709551615, false",
    "1000-2000, 1000-0, true",
    "1000-2000, 1999-5, true",
    "1000-2000, 2000-0, false",
    "1000-, 18446744073709551615-0, true",
    "-2000, 18446744073709551615-0, false",
    "-2000, 0-1, true",
    ", 5-0, true"
  })
  void countsFromItsOpeningToBeforeItsClose(String window, String id, boolean counts) {
    assertThat(PollVote.of("1", window, null).orElseThrow().holds(id)).isEqualTo(counts);
  }

  @ParameterizedTest
  @CsvSource({"1000-2000, 1000-2000", "1000-, 1000-", "-2000, -2000", "-, ", ", "})
  void writesTheWindowThatItRead(String window, String written) {
    assertThat(PollVote.of("1", window, null).orElseThrow().window().orElse(null))
        .isEqualTo(written);
  }

  @Test
  void acceptsNoOtherForm() {
    assertThat(PollVote.of(null, null, null)).isEmpty();
    assertThat(PollVote.of("Round", null, null)).isEmpty();
    assertThat(PollVote.of("1", "1000", null)).isEmpty();
    assertThat(PollVote.of("1", "1-2-3", null)).isEmpty();
    assertThat(PollVote.of("1", null, "short")).isEmpty();
  }
}
