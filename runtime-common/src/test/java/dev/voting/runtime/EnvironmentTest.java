package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {

  @Test
  void takesAnEmptyValueForAbsent() {
    Environment environment = new Environment(Map.of("A", "", "B", "  ", "C", " c "));
    assertThat(environment.text("A", "x")).isEqualTo("x");
    assertThat(environment.text("B", "x")).isEqualTo("x");
    assertThat(environment.text("C", "x")).isEqualTo("c");
  }

  @Test
  void readsByType() {
    Environment environment =
        new Environment(
            Map.of("I", "8", "N", "2.5", "B", "Yes", "L", " a, b ,,c", "LOG_LEVEL", "Warning"));
    assertThat(environment.integer("I", 1, 0, 9)).isEqualTo(8);
    assertThat(environment.integer("X", 1, 0, 9)).isEqualTo(1);
    assertThat(environment.number("N", 1, 0, 9)).isEqualTo(2.5);
    assertThat(environment.bool("B", false)).isTrue();
    assertThat(environment.bool("X", false)).isFalse();
    assertThat(environment.list("L")).containsExactly("a", "b", "c");
    assertThat(environment.list("X")).isEmpty();
    assertThat(environment.logLevel()).isEqualTo(LogLevel.WARN);
  }

  @ParameterizedTest
  @CsvSource({
    "10, I is '10': set a whole number from 0 to 9",
    "-1, I is '-1': set a whole number from 0 to 9",
    "1.0, I is '1.0': set a whole number from 0 to 9",
    "x, I is 'x': set a whole number from 0 to 9",
    "99999999999, I is '99999999999': set a whole number from 0 to 9"
  })
  void namesTheVariableThatIsNoNumber(String value, String message) {
    assertMessage(Map.of("I", value), e -> e.integer("I", 1, 0, 9), message);
  }

  @Test
  void namesWhatIsMissingOrMalformed() {
    assertMessage(
        Map.of(),
        Environment::redisUrl,
        "REDIS_URL is not set: set it like REDIS_URL=redis://:password@redis.example:6379/0");
    assertMessage(Map.of("B", "maybe"), e -> e.bool("B", true), "B is 'maybe': set true or false");
    assertMessage(
        Map.of("N", "NaN"),
        e -> e.number("N", 1, 0, 9),
        "N is 'NaN': set a number from 0.0 to 9.0");
    assertMessage(
        Map.of("LOG_LEVEL", "loud"),
        Environment::logLevel,
        "LOG_LEVEL is 'loud': set trace, debug, info, warn or error");
    assertMessage(
        Map.of("LISTEN_ADDRESS", "localhost"),
        Environment::listenAddress,
        "LISTEN_ADDRESS is 'localhost': set an IP address of this machine, like 127.0.0.1 or ::1");
  }

  @Test
  void listensOnAllAddressesUnlessGivenOne() {
    assertThat(new Environment(Map.of()).listenAddress().isAnyLocalAddress()).isTrue();
    assertThat(new Environment(Map.of("LISTEN_ADDRESS", "127.0.0.1")).listenAddress())
        .isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
    assertThat(new Environment(Map.of("LISTEN_ADDRESS", "::1")).listenAddress())
        .isEqualTo(InetAddress.ofLiteral("::1"));
  }

  @Test
  void readsARedisUrl() {
    RedisUrl url = redis("rediss://app:p%40ss+w%2Frd@redis.voting-data.svc:6380/3");
    assertThat(url.tls()).isTrue();
    assertThat(url.host()).isEqualTo("redis.voting-data.svc");
    assertThat(url.port()).isEqualTo(6380);
    assertThat(url.user()).contains("app");
    assertThat(url.password()).contains("p@ss+w/rd");
    assertThat(url.database()).isEqualTo(3);
    assertThat(url.toString()).isEqualTo("rediss://redis.voting-data.svc:6380/3");

    assertThat(redis("redis://localhost")).isEqualTo(redis("redis://localhost:6379/0"));
    assertThat(redis("redis://:secret@[::1]:1").host()).isEqualTo("::1");
    assertThat(redis("redis://:secret@h_1:1").user()).isEmpty();
    assertThat(redis("redis://:secret@h_1:1").clientConfig().build().getPassword())
        .isEqualTo("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h:1",
        "redis://",
        "redis://user:s3cret/x@h",
        "redis://:s3cret@h:x",
        "redis://:s3cret@h:70000",
        "redis://:s3cret%zz@h",
        "redis://:s3cret@h/x",
        "s3cret",
        "redis://:s3cret@h/0?x=1"
      })
  void refusesWhatIsNoRedisUrlWithoutShowingThePassword(String url) {
    assertThatThrownBy(() -> redis(url))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageStartingWith("REDIS_URL ")
        .hasMessageNotContaining("s3cret")
        .matches(e -> e.getMessage().lines().count() == 1);
  }

  @Test
  void readsADatabaseUrl() {
    DatabaseUrl url =
        database(
            "postgresql://app:p%40ss%25@pg-rw.data:5432/votes?sslmode=require&connect_timeout=3"
                + "&target_session_attrs=read-write&options=-c%20lock_timeout%3D5");
    assertThat(url.user()).contains("app");
    assertThat(url.password()).contains("p@ss%");
    assertThat(url.jdbcUrl())
        .isEqualTo(
            "jdbc:postgresql://pg-rw.data:5432/votes?connectTimeout=3&options=-c%20lock_timeout%3D5"
                + "&sslmode=require&targetServerType=primary");
    assertThat(url.credentials()).containsEntry("user", "app").containsEntry("password", "p@ss%");
    assertThat(url.toString()).isEqualTo("postgresql://pg-rw.data:5432/votes");
    assertThat(database("postgres://a:1,[::1]:2/v").jdbcUrl())
        .isEqualTo("jdbc:postgresql://a:1,[::1]:2/v");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://h/v", "postgresql://u:s3cret@h", "postgresql://u:s3cret@h/",
            "postgresql://u:s3cret@/v",
        "postgresql://u:s3cret%@h/v", "postgresql://u:s3cret@h/v?x", "jdbc:postgresql://h/v",
            "postgresql://u:s3/cret@h/v"
      })
  void refusesWhatIsNoDatabaseUrlWithoutShowingThePassword(String url) {
    assertThatThrownBy(() -> database(url))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageStartingWith("DATABASE_URL ")
        .hasMessageNotContaining("cret")
        .matches(e -> e.getMessage().lines().count() == 1);
  }

  @Test
  void verifiesServersByTheCasOfAFile(@TempDir Path folder) {
    String ca = new TestCa("ca").write(folder.resolve("ca.crt")).toString();
    assertThat(
            new Environment(Map.of("DATABASE_URL", "postgresql://h/v", "DATABASE_CA_FILE", ca))
                .databaseUrl()
                .parameters())
        .containsExactlyInAnyOrderEntriesOf(Map.of("sslmode", "verify-full", "sslrootcert", ca));
    assertThat(
            database("postgresql://h/v?sslmode=verify-full&sslrootcert=" + ca)
                .parameters()
                .get("sslrootcert"))
        .isEqualTo(ca);
    assertThat(
            new Environment(Map.of("REDIS_URL", "rediss://h", "REDIS_CA_FILE", ca)).redisUrl().ca())
        .contains(new CaFile(Path.of(ca)));
  }

  @Test
  void refusesWhatWouldNotVerify(@TempDir Path folder) throws IOException {
    String ca = new TestCa("ca").write(folder.resolve("ca.crt")).toString();
    Map<String, String> modes =
        Map.of("DATABASE_URL", "postgresql://h/v?sslmode=require", "DATABASE_CA_FILE", ca);
    assertMessage(
        modes,
        Environment::databaseUrl,
        "DATABASE_URL has sslmode=require, which verifies nothing: set sslmode=verify-full");
    assertMessage(
        Map.of("DATABASE_URL", "postgresql://h/v?sslmode=on"),
        Environment::databaseUrl,
        "DATABASE_URL has sslmode=on: set disable, allow, prefer, require, verify-ca or"
            + " verify-full");
    assertMessage(
        Map.of("REDIS_URL", "redis://h", "REDIS_CA_FILE", ca),
        Environment::redisUrl,
        "REDIS_URL has no TLS, which REDIS_CA_FILE is for: write rediss:// in place of redis://");

    Path empty = Files.createFile(folder.resolve("empty"));
    Path rubbish = Files.writeString(folder.resolve("rubbish"), "-----BEGIN CERTIFICATE-----\nx");
    Map.of(
            folder.resolve("nowhere"),
            "which cannot be read",
            empty,
            "which holds no certificate",
            rubbish,
            "which is no PEM file of certificates")
        .forEach(
            (file, problem) -> {
              assertMessage(
                  Map.of("REDIS_URL", "rediss://h", "REDIS_CA_FILE", file.toString()),
                  Environment::redisUrl,
                  "REDIS_CA_FILE names " + file + ", " + problem + ": name a PEM file of CAs");
              assertMessage(
                  Map.of("DATABASE_URL", "postgresql://h/v?sslrootcert=" + file),
                  Environment::databaseUrl,
                  "DATABASE_URL names " + file + ", " + problem + ": name a PEM file of CAs");
            });
  }

  private static RedisUrl redis(String url) {
    return new Environment(Map.of("REDIS_URL", url)).redisUrl();
  }

  private static DatabaseUrl database(String url) {
    return new Environment(Map.of("DATABASE_URL", url)).databaseUrl();
  }

  private static void assertMessage(
      Map<String, String> variables, Function<Environment, ?> reader, String message) {
    assertThatThrownBy(() -> reader.apply(new Environment(variables)))
        .isInstanceOf(EnvironmentException.class)
        .hasMessage(message);
  }
}
