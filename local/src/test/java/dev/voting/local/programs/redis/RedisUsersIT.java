package dev.voting.local.programs.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.voting.local.programs.DataPods;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the components' users may do in a real Redis, and that it is nothing else. */
class RedisUsersIT {

  /** With these anybody may say who they are, and leave. */
  private static final Set<String> OPEN = Set.of("auth", "hello", "quit", "reset");

  private static final Set<String> API =
      Set.of("ping", "xadd", "multi", "exec", "watch", "unwatch", "get", "getrange", "time");
  private static final Set<String> CONSUMER =
      Set.of(
          "ping",
          "get",
          "getrange",
          "set",
          "type",
          "exists",
          "eval",
          "xadd",
          "xack",
          "xdel",
          "xlen",
          "xrange",
          "xtrim",
          "xpending",
          "xreadgroup",
          "xautoclaim",
          "del",
          "incrby",
          "time");

  /** Redis lists subcommands since version 7. */
  private static final Set<String> API_SUBCOMMANDS = Set.of("client|setname");

  private static final Set<String> CONSUMER_SUBCOMMANDS =
      Set.of(
          "client|setname",
          "xgroup|create",
          "xgroup|delconsumer",
          "xgroup|setid",
          "xinfo|stream",
          "xinfo|groups",
          "xinfo|consumers");

  private static final Path CONSUMER_RESOURCES =
      Path.of("../runtime-consumer/src/main/resources/dev/voting/consumer");

  private DataPods pods;

  @BeforeEach
  void start() throws IOException {
    pods = new DataPods();
    pods.secret("REDIS_PASSWORD", "admin");
    pods.secret("REDIS_API_PASSWORD", "a");
    pods.secret("REDIS_CONSUMER_PASSWORD", "c");
    pods.startRedis();
  }

  @AfterEach
  void stop() throws IOException {
    pods.close();
  }

  @Test
  void everyCommandButTheirOwnIsRefused() throws IOException {
    var api = allowed("api", "a");
    api.removeAll(API_SUBCOMMANDS);
    assertThat(api).containsExactlyInAnyOrderElementsOf(API);
    var consumer = allowed("consumer", "c");
    consumer.removeAll(CONSUMER_SUBCOMMANDS);
    assertThat(consumer).containsExactlyInAnyOrderElementsOf(CONSUMER);
  }

  @Test
  void whatTheyMayDoTheyMayOnlyDoToVotes() throws IOException {
    try (var api = login("api", "a");
        var consumer = login("consumer", "c");
        var admin = login("admin", "admin")) {
      admin.ask("SET", "other", "1");
      assertThat(api.ask("XADD", "votes", "*", "option", "cats")).isNotNull();
      assertThat(api.ask("PING")).isEqualTo("PONG");
      for (var key : List.of("other", "{votes}:dead", "votes2", "")) {
        refused(api, "XADD", key, "*", "option", "cats");
      }
      refused(api, "XGROUP", "CREATE", "votes", "g", "0");

      // The poll in force is the consumer's to set; the API reads it, and adds votes while it
      // stays.
      assertThat(consumer.ask("SET", "{votes}:poll", "00000000000000000001{}")).isEqualTo("OK");
      refused(consumer, "SET", "other", "1");
      for (var key : List.of("other", "{votes}:dead", "{votes}:lost")) {
        refused(api, "GET", key);
        refused(api, "WATCH", key);
      }
      refused(api, "SET", "{votes}:poll", "1");
      refused(api, "DEL", "{votes}:poll");
      refused(api, "TYPE", "{votes}:poll");
      refused(api, "EVAL", "return redis.call('SET', KEYS[1], '1')", "1", "{votes}:poll");
      assertThat(api.ask("GET", "{votes}:poll")).isEqualTo("00000000000000000001{}");
      assertThat(api.ask("WATCH", "{votes}:poll")).isEqualTo("OK");
      assertThat(api.ask("MULTI")).isEqualTo("OK");
      assertThat(api.ask("XADD", "votes", "*", "choice", "pizza")).isEqualTo("QUEUED");
      consumer.ask("SET", "{votes}:poll", "00000000000000000002{}");
      assertThat(api.ask("EXEC")).isNull();

      assertThat(consumer.ask("XGROUP", "CREATE", "votes", "g", "0", "MKSTREAM")).isEqualTo("OK");
      assertThat(consumer.ask("XLEN", "votes")).isEqualTo(1L);
      assertThat(consumer.ask("XADD", "{votes}:dead", "*", "reason", "x")).isNotNull();
      refused(consumer, "XLEN", "other");
      refused(consumer, "XADD", "other", "*", "a", "b");
      refused(consumer, "EXISTS", "other");
      // Each with as many words as it takes: since version 7 that is checked before the rights.
      refused(consumer, "XGROUP", "DESTROY", "votes", "g");
      refused(consumer, "XGROUP", "CREATECONSUMER", "votes", "g", "c");
      refused(consumer, "XSETID", "votes", "1-1");
      for (var client : List.of(consumer, api)) {
        refused(client, "CLIENT", "LIST");
        refused(client, "CLIENT", "KILL", "127.0.0.1:1");
        refused(client, "CLIENT", "PAUSE", "1");
        refused(client, "CLIENT", "ID");
        refused(client, "CLIENT", "INFO");
      }
      // A script has the rights of who runs it.
      refused(consumer, "EVAL", "return redis.call('LLEN', KEYS[1])", "1", "votes");
      refused(consumer, "EVAL", "return redis.call('XLEN', 'other')", "0");
      refused(consumer, "EVAL", "return redis.call('XLEN', KEYS[1])", "1", "other");
      assertThat(consumer.ask("EVAL", "return redis.call('XLEN', KEYS[1])", "1", "votes"))
          .isEqualTo(1L);
    }
  }

  /** What the consumer's scripts call, they may: a script has the rights of who runs it. */
  @Test
  void theScriptsOfTheConsumerMayDoWhatTheyDo() throws IOException {
    var call = Pattern.compile("redis\\.call\\('(\\w+)'(?:, '([A-Z]+)')?");
    try (var consumer = login("consumer", "c");
        var scripts = Files.list(CONSUMER_RESOURCES)) {
      consumer.ask("XGROUP", "CREATE", "votes", "g", "0", "MKSTREAM");
      var calls =
          scripts
              .filter(file -> file.toString().endsWith(".lua"))
              .flatMap(file -> call.matcher(read(file)).results())
              .toList();
      assertThat(calls).hasSizeGreaterThan(10);
      for (var found : calls) {
        var words = new ArrayList<>(List.of(found.group(1)));
        if (found.group(2) != null) {
          words.add(found.group(2));
        }
        words.addAll(List.of("votes", "g", "0", "0", "0"));
        // Too many words or too few are a matter of their own, which comes first: so all lengths.
        for (int length = 2; length <= words.size(); length++) {
          assertThat(consumer.ask(words.subList(0, length).toArray(String[]::new)))
              .as(found.group())
              .asString()
              .doesNotContain("permissions to run");
        }
      }
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nobodyComesInWithoutAPassword() throws IOException {
    try (var nobody = connect()) {
      assertThat(nobody.ask("PING")).asString().startsWith("-NOAUTH");
      assertThat(nobody.ask("AUTH", "")).asString().startsWith("-WRONGPASS");
      assertThat(nobody.ask("AUTH", "admin")).asString().startsWith("-WRONGPASS");
      for (var user :
          List.of(
              "default", "api", "api_b", "consumer", "consumer_b", "probe", "reload", "admin")) {
        for (var password : List.of("", "wrong", user)) {
          if (!(user.equals("admin") && password.equals("admin"))) {
            assertThat(nobody.ask("AUTH", user, password)).asString().startsWith("-WRONGPASS");
          }
        }
      }
    }
  }

  @Test
  void aChangedSecretTakesEffectWithNoRestart() throws IOException {
    try (var first = login("api", "a")) {
      pods.secret("REDIS_API_B_PASSWORD", "b");
      awaitLogin("api_b", "b", true);
      // New and old side by side, and nobody is disconnected.
      awaitLogin("api", "a", true);
      assertThat(first.ask("PING")).isEqualTo("PONG");

      try (var second = login("api_b", "b")) {
        pods.secret("REDIS_API_PASSWORD", null);
        awaitLogin("api", "a", false);
        assertThat(second.ask("XADD", "votes", "*", "option", "cats")).isNotNull();
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> assertThatThrownBy(() -> first.ask("PING")).isInstanceOf(IOException.class));
    }
    pods.secret("REDIS_PASSWORD", "another\n");
    awaitLogin("admin", "another", true);
    awaitLogin("admin", "admin", false);
  }

  private void awaitLogin(String user, String password, boolean accepted) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              try (var connection = connect()) {
                return connection.ask("AUTH", user, password).equals("OK") == accepted;
              }
            });
  }

  /** Tries every command that this Redis knows, with as many words as it takes at least. */
  private Set<String> allowed(String user, String password) throws IOException {
    Set<String> allowed = new TreeSet<>();
    var commands = commands();
    assertThat(commands).hasSizeGreaterThan(200);
    for (var command : commands) {
      String name = (String) command.get(0);
      if (OPEN.contains(name)) {
        continue;
      }
      int arity = (int) Math.abs((Long) command.get(1));
      List<String> words = new ArrayList<>(List.of(name.split("\\|")));
      words.addAll(Collections.nCopies(arity - words.size(), "votes"));
      try (var connection = login(user, password)) {
        var answer = String.valueOf(connection.ask(words.toArray(String[]::new)));
        // DEBUG and MODULE LOAD are not allowed to anybody, since version 7.
        if (!answer.contains("NOPERM") && !answer.contains("command not allowed")) {
          allowed.add(name);
        }
      }
    }
    return allowed;
  }

  /** Every command; in place of one with subcommands, these, if this Redis lists them. */
  private List<List<?>> commands() throws IOException {
    List<List<?>> commands = new ArrayList<>();
    try (var admin = login("admin", "admin")) {
      for (Object found : (List<?>) admin.ask("COMMAND")) {
        var command = (List<?>) found;
        List<?> subcommands = command.size() > 9 ? (List<?>) command.get(9) : List.of();
        if (subcommands.isEmpty()) {
          commands.add(command);
        }
        subcommands.forEach(subcommand -> commands.add((List<?>) subcommand));
      }
    }
    return commands;
  }

  private static void refused(Resp redis, String... command) throws IOException {
    assertThat(redis.ask(command))
        .as(String.join(" ", command))
        .asString()
        .containsAnyOf("NOPERM", "No permissions", "can't run this command", "can't access");
  }

  private Resp login(String user, String password) throws IOException {
    var connection = connect();
    assertThat(connection.ask("AUTH", user, password)).isEqualTo("OK");
    return connection;
  }

  private Resp connect() throws IOException {
    return new Resp(new Socket(InetAddress.getLoopbackAddress(), pods.redisPort));
  }

  /** A connection that understands any answer; an error is a text with a minus in front. */
  private record Resp(Socket socket, InputStream in) implements AutoCloseable {
    Resp(Socket socket) throws IOException {
      this(socket, new BufferedInputStream(socket.getInputStream()));
      socket.setSoTimeout(5000);
    }

    Object ask(String... command) throws IOException {
      var text = new StringBuilder("*" + command.length + "\r\n");
      for (var word : command) {
        text.append('$').append(word.getBytes(UTF_8).length).append("\r\n");
        text.append(word).append("\r\n");
      }
      socket.getOutputStream().write(text.toString().getBytes(UTF_8));
      return read();
    }

    private Object read() throws IOException {
      String line = line();
      String rest = line.substring(1);
      return switch (line.charAt(0)) {
        case '+' -> rest;
        case '-' -> line;
        case ':' -> Long.valueOf(rest);
        case '$' -> {
          int length = Integer.parseInt(rest);
          yield length < 0 ? null : new String(in.readNBytes(length + 2), 0, length, UTF_8);
        }
        case '*' -> {
          List<Object> list = new ArrayList<>();
          // An EXEC that did nothing has no list at all.
          if (rest.equals("-1")) {
            yield null;
          }
          for (int i = Integer.parseInt(rest); i > 0; i--) {
            list.add(read());
          }
          yield list;
        }
        default -> throw new IOException("not understood: " + line);
      };
    }

    private String line() throws IOException {
      var line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("closed");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
