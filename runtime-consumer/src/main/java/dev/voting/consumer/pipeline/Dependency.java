package dev.voting.consumer.pipeline;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that the consumer needs; logs when it becomes unavailable and available again. */
final class Dependency {
  private static final Logger LOG = LoggerFactory.getLogger(Dependency.class);

  private final String name;
  private final Counter reconnects;
  private String problem = "not connected yet";
  private Instant lostAt;

  /**
   * @param name its name in the log
   * @param reconnects counts how often it became available again
   */
  Dependency(String name, Counter reconnects) {
    this.name = name;
    this.reconnects = reconnects;
  }

  /** It failed just now. Logged only if it worked before. */
  synchronized void lost(String reason) {
    if (lostAt == null) {
      lostAt = Instant.now();
      LOG.warn("{} is unavailable, retrying: {}", name, reason);
    } else if (!reason.equals(problem)) {
      LOG.warn("{} is still unavailable: {}", name, reason);
    }
    problem = reason;
  }

  /** It worked just now. */
  synchronized void works() {
    if (problem == null) {
      return;
    }
    if (lostAt == null) {
      LOG.info("{} is connected", name);
    } else {
      long millis = Duration.between(lostAt, Instant.now()).toMillis();
      LOG.info("{} is available again after {} ms", name, millis);
      reconnects.increment();
    }
    problem = null;
    lostAt = null;
  }

  /** Why it cannot be used, if it cannot. */
  synchronized Optional<String> problem() {
    return Optional.ofNullable(problem);
  }
}
