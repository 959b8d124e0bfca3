package dev.voting.operator.run;

import io.javaoperatorsdk.operator.processing.retry.Retry;
import io.javaoperatorsdk.operator.processing.retry.RetryExecution;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * Spreads the retries of another, so that many VotingApps that failed together, as when the API
 * server was away, do not come back together.
 *
 * @param regular says how long to wait
 * @param random from 0 to 1
 */
record JitteredRetry(Retry regular, DoubleSupplier random) implements Retry {

  /** A delay is this much shorter or longer at most. */
  static final double SPREAD = 0.25;

  @Override
  public RetryExecution initExecution() {
    var execution = regular.initExecution();
    return new RetryExecution() {
      @Override
      public Optional<Long> nextDelay() {
        return execution
            .nextDelay()
            .map(delay -> Math.round(delay * (1 - SPREAD + 2 * SPREAD * random.getAsDouble())));
      }

      @Override
      public int getAttemptCount() {
        return execution.getAttemptCount();
      }

      @Override
      public boolean isLastAttempt() {
        return execution.isLastAttempt();
      }
    };
  }
}
