package dev.voting.operator.nodes;

import dev.voting.operator.blueprint.Names;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A server is away for a while. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class OutageCases {

  private final NodeSuite suite;
  private final VotingSystem system;

  OutageCases(NodeSuite suite) {
    this.suite = suite;
    system = suite.system;
  }

  @Test
  @Order(1)
  void postgresIsAwayForTwoMinutes() throws Exception {
    suite
        .during("postgres is away for two minutes")
        .refusesNone()
        .run(() -> takeAway(Names.POSTGRES, Duration.ofMinutes(2)));
  }

  @Test
  @Order(2)
  void redisIsAwayForThirtySeconds() throws Exception {
    suite
        .during("redis is away for thirty seconds")
        .run(() -> takeAway(Names.REDIS, Duration.ofSeconds(30)));
  }

  /** While the operator is paused, nobody brings it back. */
  private void takeAway(String server, Duration time) {
    system.change("{\"paused\":true}");
    try {
      system.awaitReason("Progressing", Patience.seconds(30), "Paused");
      var pods = system.livePods(server);
      suite
          .client
          .apps()
          .statefulSets()
          .inNamespace(system.names.dataNamespace())
          .withName(server)
          .scale(0);
      system.awaitGone(pods);
      var gone = System.nanoTime();
      system.awaitReason("Ready", Patience.minutes(1), "ScaledToZero");
      system.awaitReason(
          "Counting",
          Patience.minutes(1),
          server.equals(Names.POSTGRES) ? "PostgresUnavailable" : "RedisUnavailable");
      NodeSuite.letPass(time.minusNanos(System.nanoTime() - gone));
    } finally {
      system.restore();
    }
  }
}
