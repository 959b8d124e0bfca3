package dev.voting.api.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PercentagesTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 0",
    "1, 0, 10000, 0",
    "0, 3, 0, 10000",
    "1, 1, 5000, 5000",
    "2, 1, 6667, 3333",
    // A tie of remainders, which rounding each alone made 100.01 of.
    "1, 799, 12, 9988",
    "799, 1, 9988, 12",
    "1, 1999, 5, 9995",
    "1, 19999, 1, 9999",
    // Far less than a hundredth, and yet not nothing.
    "1, 999999999, 1, 9999",
    "9223372036854775807, 1, 9999, 1",
    "9223372036854775807, 9223372036854775807, 5000, 5000"
  })
  void twoSharesAddUpAndAreTrueAtTheirEnds(long cats, long dogs, long catsShare, long dogsShare) {
    assertThat(Percentages.hundredths(cats, dogs)).containsExactly(catsShare, dogsShare);
  }

  @Test
  void anyNumberOfSharesAddUp() {
    for (int a = 0; a < 60; a++) {
      for (int b = 0; b < 60; b++) {
        for (int c = 1; c < 4_000; c += 37) {
          long[] counts = {a, b, c};
          long[] shares = Percentages.hundredths(counts);
          assertThat(Arrays.stream(shares).sum()).as("%d:%d:%d", a, b, c).isEqualTo(10_000);
          for (int i = 0; i < 3; i++) {
            assertThat(shares[i] == 0).isEqualTo(counts[i] == 0);
            assertThat(shares[i] == 10_000).isEqualTo(counts[i] == a + b + c);
          }
        }
      }
    }
  }
}
