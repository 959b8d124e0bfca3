package dev.voting.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.javaoperatorsdk.operator.processing.retry.RetryExecution;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JitteredRetryTest {

  private static final GenericRetry REGULAR =
      new GenericRetry().setInitialInterval(1000).setIntervalMultiplier(2).setMaxInterval(3000);

  @Test
  void delaysGrowAndAreSpreadAroundTheRegularOnes() {
    var regular = delays(REGULAR.initExecution());

    assertThat(regular).isSorted();
    assertThat(spread(0)).isEqualTo(times(regular, 0.75));
    assertThat(spread(0.5)).isEqualTo(regular);
    assertThat(spread(1)).isEqualTo(times(regular, 1.25));
  }

  private static List<Long> spread(double random) {
    return delays(new JitteredRetry(REGULAR, () -> random).initExecution());
  }

  private static List<Long> delays(RetryExecution execution) {
    return Stream.generate(() -> execution.nextDelay().orElseThrow()).limit(4).toList();
  }

  private static List<Long> times(List<Long> delays, double factor) {
    return delays.stream().map(delay -> Math.round(delay * factor)).toList();
  }
}
