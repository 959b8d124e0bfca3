package dev.voting.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.voting.consumer.settings.Settings;
import dev.voting.consumer.store.VoteDatabase;
import dev.voting.consumer.stream.StreamEntry;
import dev.voting.consumer.stream.Vote;
import dev.voting.runtime.Environment;
import dev.voting.runtime.VoteEvent;
import dev.voting.runtime.VoteOption;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The pool behind the recorded votes: when it keeps its connection, and when it has another. */
class VoteDatabaseIT extends WithServers {
  private static final String SESSION =
      "SELECT max(pid) FROM pg_stat_activity WHERE application_name = 'pool'";
  private static final String SESSIONS =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pool'";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void keepsOneConnectionForAllBatches() throws SQLException {
    try (VoteDatabase database = database(environment())) {
      for (int i = 1; i <= 20; i++) {
        assertThat(database.record(List.of(vote(i, Optional.empty()))).recorded()).isOne();
      }
      assertThat(servers.query(SESSIONS)).isEqualTo("1");
      assertThat(registry.get("hikaricp.connections").gauge().value()).isOne();
      assertThat(registry.get("hikaricp.connections.usage").timer().count()).isEqualTo(20);
    }
    await().untilAsserted(() -> assertThat(servers.query(SESSIONS)).isEqualTo("0"));
  }

  /** No validation, no reset, no preparation: one message, and its answer. */
  @Test
  void recordsABatchInOneRoundTrip() throws IOException, SQLException {
    try (RoundTrips trips = new RoundTrips(servers.postgres.port());
        VoteDatabase database =
            database(environment("DATABASE_URL", servers.postgres.port(), trips.port()))) {
      for (int i = 1; i <= 10; i++) {
        database.record(List.of(vote(i, Optional.empty())));
      }
      int before = trips.count();
      for (int i = 11; i <= 20; i++) {
        database.record(List.of(vote(i, Optional.empty())));
      }
      assertThat(trips.count() - before).isEqualTo(10);
    }
  }

  @Test
  void keepsItWhenAVoteIsRefused() throws SQLException {
    try (VoteDatabase database = database(environment())) {
      database.check();
      String session = servers.query(SESSION);
      Vote refused = vote(1, Optional.of("not an address"));
      assertThatThrownBy(() -> database.record(List.of(refused))).hasMessageContaining("inet");
      assertThatThrownBy(() -> database.dryRun(refused)).hasMessageContaining("inet");
      database.dryRun(vote(2, Optional.empty()));
      assertThat(database.record(List.of(vote(2, Optional.empty()))).recorded()).isOne();
      assertThat(servers.query(SESSION)).isEqualTo(session);
    }
  }

  /** As when it was demoted, or its server is not the one that has the name by now. */
  @Test
  void hasAnotherAfterAnyOtherFailure() throws SQLException {
    try (VoteDatabase database = database(environment())) {
      database.check();
      String session = servers.query(SESSION);
      servers.execute("ALTER FUNCTION forget_requests RENAME TO gone");
      try {
        assertThatThrownBy(() -> database.forgetRequests("1-1")).hasMessageContaining("forget");
      } finally {
        servers.execute("ALTER FUNCTION gone RENAME TO forget_requests");
      }
      database.check();
      await().untilAsserted(() -> assertThat(servers.query(SESSION)).isNotEqualTo(session));
    }
  }

  @Test
  void saysInTheDriversWordsWhyThereIsNone() throws IOException, SQLException {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    try (VoteDatabase database =
        database(environment("DATABASE_URL", servers.postgres.port(), port))) {
      assertThatThrownBy(database::check)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"))
          .hasMessageContaining("refused");
    }
  }

  private VoteDatabase database(Map<String, String> environment) {
    environment.put("CONSUMER_NAME", "pool");
    return new VoteDatabase(Settings.from(new Environment(environment)), registry);
  }

  private static Vote vote(int n, Optional<String> sourceIp) {
    return new Vote(
        new StreamEntry("1760000000000-" + n, List.of()),
        new VoteEvent(
            VoteOption.CATS, 1_760_000_000_000L, Optional.empty(), sourceIp, Optional.empty()));
  }
}
