package dev.voting.local.programs.redis;

import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.Running;
import dev.voting.local.programs.SecretWatch;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Applies the users to a running Redis when the Secret changes: what reload.sh does in a pod. */
public final class RedisReload implements Program {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @Override
  public Running start(Launch launch) throws IOException {
    RedisUsers users = RedisUsers.of(launch);
    int port = launch.ports().getOrDefault(RedisProgram.PORT, RedisProgram.PORT);
    Optional<RedisTrust> trust = RedisTrust.of(launch, users);
    return SecretWatch.start(
        launch,
        SecretWatch.Wanted.secret(users.secrets()),
        "applied the users of the Secret",
        () -> apply(users, port, trust),
        timeout -> RedisRoom.isLeft(users, port, trust, timeout));
  }

  /** Reloads a renewed certificate, without a restart. */
  static void followCertificate(
      Launch launch, RedisUsers users, int port, RedisTrust trust, RedisServer server) {
    SecretWatch watch =
        SecretWatch.start(
            launch,
            SecretWatch.Wanted.secret(trust.mounted().getParent()),
            "applied the certificate of the Secret",
            () -> {
              trust.renew();
              try (RedisConversation redis = login(users, port, Optional.of(trust))) {
                String path = trust.mounted().resolveSibling("tls.crt").toString();
                require(redis, List.of("CONFIG", "SET", "tls-cert-file", path));
              }
            });
    server.onExit().thenRun(watch::terminate);
  }

  private static RedisConversation login(RedisUsers users, int port, Optional<RedisTrust> trust)
      throws IOException {
    RedisConversation redis = RedisConversation.with(port, trust, TIMEOUT);
    try {
      require(redis, List.of("AUTH", RedisUsers.RELOAD, users.password(RedisUsers.RELOAD)));
      return redis;
    } catch (IOException e) {
      redis.close();
      throw e;
    }
  }

  private static void apply(RedisUsers users, int port, Optional<RedisTrust> trust)
      throws IOException {
    try (RedisConversation redis = login(users, port, trust)) {
      for (String line : users.lines()) {
        List<String> words = List.of(line.split(" +"));
        if (words.get(1).equals("default")) {
          // It is always off; connections before their AUTH count as this user.
          continue;
        }
        List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", words.get(1), "reset"));
        command.addAll(words.subList(2, words.size()));
        require(redis, command);
        if (words.get(2).equals("off")) {
          // Connections of a disabled login are closed too.
          require(redis, List.of("CLIENT", "KILL", "USER", words.get(1)));
        }
      }
    }
  }

  private static void require(RedisConversation redis, List<String> command) throws IOException {
    String answer = redis.ask(command);
    if (answer.startsWith("-")) {
      throw new IOException("Redis refuses its users or its certificate: " + answer);
    }
  }
}
