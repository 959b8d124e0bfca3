package dev.voting.api;

import dev.voting.api.poll.PollGate;
import dev.voting.api.vote.VoteWriter;
import dev.voting.api.vote.WriterMetrics;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import redis.clients.jedis.ClientSetInfoConfig;

/** Redis and PostgreSQL by the settings, with their time-outs. */
final class Backends {
  private static final String NAME = "voting-api";
  private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);
  private static final int POSTGRES_TIMEOUT_SECONDS = 2;

  private Backends() {}

  static VoteWriter writer(Settings settings, WriterMetrics metrics, Optional<PollGate> poll) {
    return VoteWriter.to(
        settings.redis().address(),
        settings
            .redis()
            .clientConfig()
            .timeoutMillis(Math.toIntExact(CONNECT_TIMEOUT.toMillis()))
            .clientName(NAME)
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
            .build(),
        settings.stream(),
        settings.group(),
        settings.voteDeadline(),
        settings.voteQueue(),
        metrics,
        poll);
  }

  static DataSource database(Settings settings) {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setApplicationName(NAME);
    database.setConnectTimeout(POSTGRES_TIMEOUT_SECONDS);
    database.setLoginTimeout(POSTGRES_TIMEOUT_SECONDS);
    database.setSocketTimeout(POSTGRES_TIMEOUT_SECONDS);
    database.setTcpKeepAlive(true);
    // The URL overrides the defaults above.
    database.setUrl(settings.database().jdbcUrl());
    settings.database().user().ifPresent(database::setUser);
    settings.database().password().ifPresent(database::setPassword);
    return database;
  }
}
