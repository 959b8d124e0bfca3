package dev.voting.local.programs;

import dev.voting.servers.process.ServerException;
import dev.voting.servers.redis.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A real Redis in the place of its image, with the container's own command line and redis.conf. */
final class RedisProgram implements Program {
  private static final String DATA = "/data";
  private static final String PASSWORD = "--requirepass";
  private static final int PORT = 6379;

  private final Children children;

  RedisProgram(Children children) {
    this.children = children;
  }

  @Override
  public Running start(Launch launch) throws IOException {
    List<String> arguments = new ArrayList<>(launch.args());
    Optional<String> password = take(PASSWORD, arguments);
    Path data =
        launch
            .mounts()
            .resolve(DATA)
            .orElseThrow(() -> new IOException("no volume is mounted at " + DATA));
    int port = launch.ports().getOrDefault(PORT, PORT);
    RedisServer.Builder builder = RedisServer.at(data).port(port).log(launch.log());
    // Anybody may read a command line, so the password does not stay on it.
    password.ifPresent(builder::password);
    if (!arguments.isEmpty() && !arguments.getFirst().startsWith("-")) {
      builder.config(localised(launch, Path.of(arguments.removeFirst())));
    }
    try {
      RedisServer server = builder.arguments(arguments).start();
      children.adopt(server.handle(), launch.name());
      return new RunningServer(server, timeout -> answers(port, password, timeout));
    } catch (ServerException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Redis enters {@code dir} while it reads its file, so the paths in it must be ours. */
  private static Path localised(Launch launch, Path configuration) throws IOException {
    Path copy = launch.scratch().resolve("redis.conf");
    return Files.writeString(copy, launch.mounts().translate(Files.readString(configuration)));
  }

  private static Optional<String> take(String option, List<String> arguments) {
    int at = arguments.indexOf(option);
    if (at < 0 || at + 1 == arguments.size()) {
      return Optional.empty();
    }
    arguments.remove(at);
    return Optional.of(arguments.remove(at));
  }

  private static boolean answers(int port, Optional<String> password, Duration timeout) {
    try (Socket socket = new Socket()) {
      int millis = (int) timeout.toMillis();
      socket.connect(new InetSocketAddress("127.0.0.1", port), millis);
      socket.setSoTimeout(millis);
      BufferedReader replies =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      if (password.isPresent()) {
        send(socket, "AUTH", password.get());
        replies.readLine();
      }
      send(socket, "PING");
      return "+PONG".equals(replies.readLine());
    } catch (IOException e) {
      return false;
    }
  }

  private static void send(Socket socket, String... words) throws IOException {
    StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      int length = word.getBytes(StandardCharsets.UTF_8).length;
      command.append('$').append(length).append("\r\n").append(word).append("\r\n");
    }
    socket.getOutputStream().write(command.toString().getBytes(StandardCharsets.UTF_8));
  }
}
