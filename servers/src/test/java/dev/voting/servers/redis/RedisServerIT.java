package dev.voting.servers.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.servers.process.BinaryCache;
import dev.voting.servers.process.ServerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

class RedisServerIT {
  private static final String PASSWORD = "s3cret' \"#\\@/";

  private RedisServer server;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    Path config = folder.resolve("redis.conf");
    Files.writeString(
        config,
        "dir /data\nport 6379\nappendonly yes\nmaxmemory 50mb\nmaxmemory-policy noeviction\n");
    server =
        RedisServer.at(folder.resolve("data"))
            .config(config)
            .password(PASSWORD)
            .setting("maxmemory", "60mb")
            .arguments(List.of("--stream-node-max-entries", "77"))
            .start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void takesItsConfigFileThenItsSettingsThenItsArguments() {
    try (Jedis redis = connect(PASSWORD)) {
      assertThat(redis.configGet("maxmemory-policy")).containsValue("noeviction");
      assertThat(redis.configGet("maxmemory")).containsValue("62914560");
      assertThat(redis.configGet("stream-node-max-entries")).containsValue("77");
      assertThat(redis.configGet("dir")).containsValue(server.data().toString());
    }
  }

  @Test
  void refusesAWrongPasswordAndShowsItToNobody() {
    assertThatThrownBy(() -> connect("wrong").ping())
        .isInstanceOf(JedisDataException.class)
        .hasMessageContaining("WRONGPASS");
    assertThat(server.handle().info().arguments().map(List::of).orElse(List.of()))
        .noneMatch(argument -> argument.contains("s3cret"));
  }

  /** While loading, Redis refuses a client without a login by NOAUTH, not by LOADING. */
  @Test
  void hasStartedOnceItsDataAreLoaded() {
    try (Jedis redis = connect(PASSWORD);
        var batch = redis.pipelined()) {
      for (int i = 0; i < 5_000; i++) {
        batch.set("key" + i, "value");
      }
    }
    server.stop();
    // Half a millisecond a key; it answers clients once in about a thousand keys.
    RedisServer slow =
        RedisServer.at(server.data())
            .password(PASSWORD)
            .setting("appendonly", "yes")
            .port(server.port())
            .arguments(List.of("--key-load-delay", "400"))
            .start();
    try (slow;
        Jedis redis = connect(PASSWORD)) {
      assertThat(redis.get("key4999")).isEqualTo("value");
    }
  }

  @Test
  void saysSoWhenItWasBuiltWithoutTls(@TempDir Path folder) throws Exception {
    Path program = folder.resolve("redis-server");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo '*** FATAL CONFIG FILE ERROR (Redis 7.0.0) ***'
        echo "Bad directive or wrong number of arguments"
        exit 1
        """);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    assertThatThrownBy(
            () ->
                RedisServer.at(folder.resolve("data"))
                    .binary(new RedisBinary(program))
                    .tls(folder.resolve("ca.crt"))
                    .start())
        .isInstanceOf(ServerException.class)
        .hasMessage(
            program
                + " was built without TLS: install redis-server 7 or later with TLS, as most"
                + " distributions have it, or set spec.tls.enabled to false");
  }

  @Test
  void keepsItsDataAndPortWhenKilledAndRestarted() {
    try (Jedis redis = connect(PASSWORD)) {
      redis.set("kept", "42");
    }
    int port = server.port();

    server.kill();
    assertThat(server.isRunning()).isFalse();
    server.start();

    assertThat(server.port()).isEqualTo(port);
    try (Jedis redis = connect(PASSWORD)) {
      assertThat(redis.get("kept")).isEqualTo("42");
    }
  }

  @Test
  void hangsWhilePaused() {
    try (Jedis redis = connect(PASSWORD)) {
      server.pause();
      assertThatThrownBy(redis::ping).isInstanceOf(JedisConnectionException.class);
    }
    server.resume();
    try (Jedis redis = connect(PASSWORD)) {
      assertThat(redis.ping()).isEqualTo("PONG");
    }
  }

  @Test
  void endsWellWhenStopped() throws Exception {
    server.stop();
    assertThat(server.onExit().get(1, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void saysWhyItDoesNotStart(@TempDir Path folder) {
    RedisServer.Builder second =
        RedisServer.at(folder.resolve("data")).setting("no-such-setting", "1");
    assertThatThrownBy(second::start)
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("no-such-setting");
  }

  @Test
  void hasAProgramOfItsOwnForMachinesWithout() throws Exception {
    RedisBinary delivered = RedisBinary.unpacked(BinaryCache.ofThisUser());
    Process process = new ProcessBuilder(delivered.program().toString(), "--version").start();
    assertThat(new String(process.getInputStream().readAllBytes())).contains("v=6.2");
  }

  private Jedis connect(String password) {
    return new Jedis(
        new HostAndPort("127.0.0.1", server.port()),
        DefaultJedisClientConfig.builder().password(password).socketTimeoutMillis(500).build());
  }
}
