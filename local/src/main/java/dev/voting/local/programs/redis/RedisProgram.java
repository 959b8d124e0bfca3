package dev.voting.local.programs.redis;

import dev.voting.local.programs.Children;
import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Mounts;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.Running;
import dev.voting.local.programs.RunningServer;
import dev.voting.servers.process.ServerException;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real Redis in place of its image, with the mounted redis.conf and users: what start.sh does in
 * a pod.
 */
public final class RedisProgram implements Program {
  static final int PORT = 6379;

  private static final String DATA = "/data";
  private static final String CONFIGURATION = "/etc/redis";

  private final Children children;

  public RedisProgram(Children children) {
    this.children = children;
  }

  @Override
  public Running start(Launch launch) throws IOException {
    Path data = launch.mounted(DATA);
    int port = launch.ports().getOrDefault(PORT, PORT);
    RedisUsers users = RedisUsers.of(launch);
    users.write();
    String password = users.password(RedisUsers.PROBE);
    try {
      RedisServer.Builder builder =
          RedisServer.at(data).port(port).log(launch.log()).config(localised(launch));
      Optional<RedisTrust> trust = RedisTrust.of(launch, users);
      if (trust.isPresent()) {
        trust.get().begin();
        builder.tls(trust.get().file());
      }
      RedisServer server = builder.start();
      children.adopt(server.handle(), launch.name());
      trust.ifPresent(cas -> RedisReload.followCertificate(launch, users, port, cas, server));
      return new RunningServer(server, timeout -> answers(port, trust, password, timeout));
    } catch (ServerException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Redis changes to {@code dir} while it reads its file, so the paths in it must be local. */
  private static Path localised(Launch launch) throws IOException {
    Path original = launch.mounted(CONFIGURATION).resolve("redis.conf");
    Path copy = launch.scratch().resolve("redis.conf");
    try (Stream<String> lines = Files.lines(original)) {
      // The path of a socket is limited to about a hundred characters, and is longer here.
      return Files.write(
          copy,
          lines
              .filter(line -> !line.startsWith("unixsocket"))
              .map(line -> translated(line, launch.mounts()))
              .toList());
    }
  }

  /** With the path in quotes, as folders of this machine may have blanks in their names. */
  static String translated(String line, Mounts mounts) {
    String translated = mounts.translate(line);
    int blank = line.indexOf(' ');
    return translated.equals(line) || line.startsWith("#") || blank < 0
        ? translated
        : line.substring(0, blank + 1)
            + '"'
            + translated.substring(blank + 1).replace("\\", "\\\\").replace("\"", "\\\"")
            + '"';
  }

  private static boolean answers(
      int port, Optional<RedisTrust> trust, String password, Duration timeout) {
    try (RedisConversation redis = RedisConversation.with(port, trust, timeout)) {
      redis.ask(List.of("AUTH", RedisUsers.PROBE, password));
      return "+PONG".equals(redis.ask(List.of("PING")));
    } catch (IOException e) {
      return false;
    }
  }
}
