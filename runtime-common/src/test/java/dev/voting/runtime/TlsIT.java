package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.process.DataServer;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** What the runtimes accept of a real PostgreSQL and a real Redis with TLS, and what not. */
class TlsIT {
  private static final String HOST = "localhost";

  private final TestCa ca = new TestCa("right");
  private Path folder;
  private Path trusted;
  private DataServer server;

  @BeforeEach
  void prepare(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    trusted = ca.write(folder.resolve("ca.crt"));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void postgresOfTheRightCaAndNameIsAccepted() throws SQLException {
    postgres(ca.issue(folder, HOST));
    assertThat(postgresError()).isEmpty();
    // And nobody comes in without TLS.
    assertThat(
            catchThrowable(
                () -> connect(Map.of("DATABASE_URL", server.url() + "?sslmode=disable"))))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("no encryption");
  }

  @Test
  void postgresOfAnotherCaIsRefused() {
    postgres(new TestCa("wrong").issue(folder, HOST));
    assertThat(postgresError()).contains("its certificate is not issued by a trusted CA");
  }

  @Test
  void postgresOfAnotherNameIsRefused() {
    postgres(ca.issue(folder, "postgres.elsewhere.svc"));
    assertThat(postgresError()).contains("its certificate is for another host name");
  }

  @Test
  void postgresWithAnExpiredCertificateIsRefused() {
    postgres(ca.issue(folder, HOST, Instant.now().minus(Duration.ofHours(1))));
    assertThat(postgresError()).contains("its certificate has expired");
  }

  @Test
  void postgresWithoutTlsIsRefused() {
    server = PostgresServer.at(folder.resolve("postgres")).fast().start();
    assertThat(postgresError()).contains("it does not support TLS");
  }

  @Test
  void aRenewedCaCountsFromTheNextConnectionToPostgresOn() throws IOException {
    TestCa next = new TestCa("next");
    postgres(next.issue(folder, HOST));
    Map<String, String> environment = postgresEnvironment();
    assertThat(postgresError()).isPresent();
    next.write(trusted);
    assertThat(catchThrowable(() -> connect(environment))).isNull();
  }

  @Test
  void redisOfTheRightCaAndNameIsAccepted() {
    redis(ca.issue(folder, HOST), trusted);
    assertThat(redisError(redisUrl())).isEmpty();
  }

  @Test
  void redisOfAnotherCaIsRefused() {
    TestCa wrong = new TestCa("wrong");
    redis(wrong.issue(folder, HOST), wrong.write(folder.resolve("wrong.crt")));
    assertThat(redisError(redisUrl())).contains("its certificate is not issued by a trusted CA");
  }

  @Test
  void redisOfAnotherNameIsRefused() {
    redis(ca.issue(folder, "redis.elsewhere.svc"), trusted);
    assertThat(redisError(redisUrl())).contains("its certificate is for another host name");
  }

  @Test
  void redisWithAnExpiredCertificateIsRefused() {
    TestCa.Paths good = ca.issue(folder, HOST);
    RedisServer redis = redis(good, trusted);
    ca.issue(folder, HOST, Instant.now().minus(Duration.ofHours(1)));
    reload(redis, good);
    assertThat(redisError(redisUrl())).contains("its certificate has expired");
  }

  @Test
  void redisWithoutTlsIsNotTalkedTo() {
    server = RedisServer.at(folder.resolve("redis")).password("secret").start();
    // It waits for the end of what it takes for a line.
    assertThat(redisError(redisUrl())).hasValueSatisfying(e -> assertThat(e).contains("timed out"));
  }

  @Test
  void aRenewedCaCountsFromTheNextConnectionToRedisOn() throws IOException {
    TestCa next = new TestCa("next");
    Path nextTrusted = next.write(folder.resolve("next.crt"));
    redis(next.issue(folder, HOST), nextTrusted);
    RedisUrl url = redisUrl();
    assertThat(redisError(url)).isPresent();
    Files.copy(nextTrusted, trusted, StandardCopyOption.REPLACE_EXISTING);
    assertThat(redisError(url)).isEmpty();
    Files.delete(trusted);
    assertThat(redisError(url)).contains("the file of trusted CAs cannot be read");
  }

  private void postgres(TestCa.Paths files) {
    server =
        PostgresServer.at(folder.resolve("postgres"))
            .setting("ssl", "on")
            .file("server.crt", files.certificate())
            .file("server.key", files.key())
            .file("pg_hba.conf", hba())
            .fast()
            .start();
  }

  private Path hba() {
    try {
      return Files.writeString(
          folder.resolve("pg_hba.conf"), "hostssl all all all scram-sha-256\n");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Map<String, String> postgresEnvironment() {
    return Map.of(
        "DATABASE_URL", server.url().replace("127.0.0.1", HOST),
        "DATABASE_CA_FILE", trusted.toString());
  }

  private Optional<String> postgresError() {
    return error(catchThrowable(() -> connect(postgresEnvironment())));
  }

  private static void connect(Map<String, String> environment) throws SQLException {
    DatabaseUrl url = new Environment(environment).databaseUrl();
    try (Connection connection = DriverManager.getConnection(url.jdbcUrl(), url.credentials())) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  private RedisServer redis(TestCa.Paths files, Path issuer) {
    RedisServer redis =
        RedisServer.at(folder.resolve("redis"))
            .password("secret")
            .setting("tls-cert-file", files.certificate().toString())
            .setting("tls-key-file", files.key().toString())
            .setting("tls-auth-clients", "no")
            .tls(issuer)
            .start();
    server = redis;
    return redis;
  }

  /** As the container beside Redis does, when its certificate was renewed. */
  private void reload(RedisServer redis, TestCa.Paths files) {
    assertThat(redis.isRunning()).isTrue();
    try (Jedis jedis = new Jedis(redisUrl().address(), redisUrl().clientConfig().build())) {
      jedis.configSet("tls-cert-file", files.certificate().toString());
    }
  }

  private RedisUrl redisUrl() {
    String url = server.url().replaceFirst("rediss?://", "rediss://").replace("127.0.0.1", HOST);
    return new Environment(Map.of("REDIS_URL", url, "REDIS_CA_FILE", trusted.toString()))
        .redisUrl();
  }

  private static Optional<String> redisError(RedisUrl url) {
    return error(
        catchThrowable(
            () -> {
              try (Jedis jedis = new Jedis(url.address(), url.clientConfig().build())) {
                assertThat(jedis.ping()).isEqualTo("PONG");
              }
            }));
  }

  /** Fails on what has nothing to do with TLS. */
  private static Optional<String> error(Throwable error) {
    return Optional.ofNullable(error)
        .map(e -> TlsErrors.describe(e).orElseGet(() -> "not TLS: " + e));
  }
}
