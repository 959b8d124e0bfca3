package dev.voting.local.programs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.local.node.config.Addresses;
import dev.voting.local.programs.postgres.PostgresOwners;
import dev.voting.local.programs.postgres.PostgresProgram;
import dev.voting.local.programs.redis.RedisConversation;
import dev.voting.local.programs.redis.RedisProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real servers, configured by a container's spec. */
class ServersIT {
  private Path directory;
  private Children children;

  @BeforeEach
  void start() throws IOException {
    directory = Files.createTempDirectory("servers-it-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    children = new Children(directory.resolve("children"), Optional.empty());
  }

  @AfterEach
  void stop() throws IOException {
    children.close();
    dev.voting.local.machine.Trees.delete(directory);
  }

  @Test
  void postgresRunsTheMountedScriptsAtEveryStart() throws Exception {
    Path scripts = Files.createDirectories(directory.resolve("init"));
    Files.writeString(
        scripts.resolve("10-table.sql"),
        """
        CREATE TABLE IF NOT EXISTS starts (n INT);
        CREATE OR REPLACE FUNCTION note() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO starts VALUES (1); -- a semicolon inside
        END $$;
        SELECT note();
        """);
    Path logins = Files.createDirectories(directory.resolve("logins"));
    Files.writeString(
        logins.resolve("logins.sql"),
        """
        CREATE TABLE IF NOT EXISTS passwords (password TEXT);
        INSERT INTO passwords VALUES (current_setting('voting.postgres_api_password'));
        """);
    Files.writeString(logins.resolve("connections.sql"), "SELECT 1;");
    Path secret = Files.createDirectories(directory.resolve("secret"));
    Files.writeString(secret.resolve("POSTGRES_API_PASSWORD"), "it's $ecret\n");
    int port = Addresses.free();
    Launch launch =
        launch(
            "postgres",
            List.of(),
            Map.of(
                "POSTGRES_USER", "voting",
                "POSTGRES_PASSWORD", "p@ss 'word",
                "POSTGRES_DB", "votes",
                "PGDATA", directory.resolve("data/pgdata").toString()),
            Map.of(5432, port),
            List.of(
                new Mounts.Mount("/docker-entrypoint-initdb.d", scripts),
                new Mounts.Mount("/etc/voting", logins),
                new Mounts.Mount("/etc/voting-secrets", secret)));
    PostgresProgram program = new PostgresProgram(children, new PostgresOwners());
    for (int start = 1; start <= 2; start++) {
      Running running = program.start(launch);
      assertThat(running.answers(Duration.ofSeconds(5))).isTrue();
      try (Connection connection =
              DriverManager.getConnection(
                  "jdbc:postgresql://127.0.0.1:" + port + "/votes", "voting", "p@ss 'word");
          Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "SELECT (SELECT count(*) FROM starts), password, count(*) FROM passwords"
                      + " GROUP BY password")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(start);
        assertThat(rows.getString(2)).isEqualTo("it's $ecret");
        assertThat(rows.getInt(3)).isEqualTo(start);
      }
      running.terminate();
      assertThat(running.exit().get(30, TimeUnit.SECONDS)).isZero();
      assertThat(running.answers(Duration.ofSeconds(1))).isFalse();
    }
  }

  @Test
  void redisTakesItsFileAndHidesItsPasswords() throws Exception {
    Path config = Files.createDirectories(directory.resolve("config"));
    Files.writeString(
        config.resolve("redis.conf"),
        "dir /data\nappendonly yes\nport 6379\naclfile /run/redis/users.acl\n");
    Files.writeString(
        config.resolve("users.acl"),
        "# whatever\nuser default off\nuser probe <probe> +ping\nuser some <SOME> +@all\n");
    Path data = Files.createDirectories(directory.resolve("claim"));
    Path secret = Files.createDirectories(directory.resolve("secret"));
    Path run = Files.createDirectories(directory.resolve("run"));
    Files.writeString(secret.resolve("SOME"), "s3 \"cret");
    int port = Addresses.free();
    Launch launch =
        launch(
            "redis",
            List.of(),
            Map.of(),
            Map.of(6379, port),
            List.of(
                new Mounts.Mount("/etc/redis", config),
                new Mounts.Mount("/etc/voting-secrets", secret),
                new Mounts.Mount("/run/redis", run),
                new Mounts.Mount("/data", data)));
    Running running = new RedisProgram(children).start(launch);
    try {
      assertThat(running.answers(Duration.ofSeconds(5))).isTrue();
      assertThat(data).isDirectoryContaining("glob:**appendonly*");
      try (RedisConversation redis =
          RedisConversation.with(port, Optional.empty(), Duration.ofSeconds(5))) {
        assertThat(redis.ask(List.of("PING"))).startsWith("-NOAUTH");
        assertThat(redis.ask(List.of("AUTH", "some", "s3 \"cret"))).isEqualTo("+OK");
      }
      assertThat(run.resolve("users.acl")).content().doesNotContain("cret");
      assertThat(
              ProcessHandle.of(running.pid().orElseThrow())
                  .flatMap(process -> process.info().commandLine())
                  .orElseThrow())
          .doesNotContain("cret");
    } finally {
      running.terminate();
      running.exit().get(30, TimeUnit.SECONDS);
    }
  }

  private Launch launch(
      String name,
      List<String> args,
      Map<String, String> env,
      Map<Integer, Integer> ports,
      List<Mounts.Mount> mounts)
      throws IOException {
    Path log = directory.resolve(name + ".log");
    return new Launch(
        name,
        List.of(),
        args,
        env,
        ports,
        new Mounts(mounts),
        OptionalLong.empty(),
        Files.createDirectories(directory.resolve("scratch-" + name)),
        Files.createFile(log));
  }
}
