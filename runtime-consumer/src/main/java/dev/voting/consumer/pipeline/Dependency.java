package dev.voting.consumer.pipeline;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something that the consumer cannot work without; tells when it goes and when it is back. */
final class Dependency {
  private static final Logger LOG = LoggerFactory.getLogger(Dependency.class);

  private final String name;
  private final Counter reconnects;
  private String problem = "not connected yet";
  private Instant lostAt;

  /**
   * @param name what a person calls it
   * @param reconnects counts how often it came back
   */
  Dependency(String name, Counter reconnects) {
    this.name = name;
    this.reconnects = reconnects;
  }

  /** It failed just now. Logged only if it worked before. */
  synchronized void lost(String reason) {
    if (lostAt == null) {
      lostAt = Instant.now();
      LOG.warn("{} is away, trying again until it is back: {}", name, reason);
    } else if (!reason.equals(problem)) {
      LOG.warn("{} is still away: {}", name, reason);
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
      LOG.info("{} is back after {} ms", name, millis);
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
