package dev.voting.servers.redis;

import dev.voting.servers.process.BinaryCache;
import dev.voting.servers.process.DataServer;
import dev.voting.servers.process.ServerException;
import dev.voting.servers.process.ServerProcess;
import dev.voting.servers.process.TlsSockets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Redis server as a child process, from a redis.conf and more settings. */
public final class RedisServer extends DataServer {
  private final Builder options;
  private final RedisBinary binary;

  private RedisServer(Builder options) {
    super("Redis", "TERM", options.data, options.log, options.port);
    this.options = options;
    this.binary =
        options.binary != null ? options.binary : RedisBinary.find(BinaryCache.ofThisUser());
  }

  /**
   * Begins a server on a data folder, which is created if missing.
   *
   * @param data the folder of its append-only file and snapshots
   */
  public static Builder at(Path data) {
    return new Builder(data);
  }

  /** The options of a server. All have a default. */
  public static final class Builder {
    private final Path data;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> arguments = new ArrayList<>();
    private RedisBinary binary;
    private String password = "";
    private Path config;
    private Path log;
    private int port;
    private Path trusted;

    private Builder(Path data) {
      this.data = data;
      settings.put("bind", "127.0.0.1");
    }

    /** The program; default {@link RedisBinary#find}. */
    public Builder binary(RedisBinary program) {
      this.binary = program;
      return this;
    }

    /** A redis.conf to begin with; its {@code dir} and {@code port} are ignored. */
    public Builder config(Path file) {
      this.config = file;
      return this;
    }

    /**
     * A setting written as in redis.conf, such as {@code appendonly} {@code yes} or {@code save}
     * {@code 60 1}; overrides that of {@link #config}. Other users of the machine do not see it.
     */
    public Builder setting(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /** The password of the default user; default none. */
    public Builder password(String secret) {
      this.password = secret;
      return this;
    }

    /**
     * More arguments for the command line, such as {@code --maxmemory 10mb}; they override all
     * others.
     */
    public Builder arguments(List<String> more) {
      arguments.addAll(more);
      return this;
    }

    /**
     * Accepts only TLS on its port. The settings or the config name the files of its certificate,
     * {@code tls-cert-file} and {@code tls-key-file}.
     *
     * @param ca PEM file with the CA of that certificate
     */
    public Builder tls(Path ca) {
      this.trusted = ca;
      return this;
    }

    /** The TCP port; default, or 0, any free one, which stays the same over restarts. */
    public Builder port(int number) {
      this.port = number;
      return this;
    }

    /**
     * File that the server's log is appended to; default the data folder's name and {@code .log}.
     */
    public Builder log(Path file) {
      this.log = file;
      return this;
    }

    /** Creates the server and starts it. */
    public RedisServer start() {
      RedisServer server = new RedisServer(this);
      server.start();
      return server;
    }
  }

  @Override
  protected ServerProcess launch() {
    if (options.trusted != null) {
      binary.requireTls();
    }
    List<String> command = new ArrayList<>();
    command.add(binary.program().toString());
    command.addAll(options.arguments);
    // Its folder and port override the file and the arguments.
    command.addAll(List.of("--dir", data().toString()));
    String port = Integer.toString(port());
    command.addAll(
        options.trusted != null
            ? List.of("--port", "0", "--tls-port", port)
            : List.of("--port", port));
    // The rest comes by standard input, because other users may read a command line.
    command.add("-");
    return ServerProcess.start(command, data(), log(), configText() + settingsText());
  }

  /** The config file without its {@code dir}, to which Redis would change at once. */
  private String configText() {
    if (options.config == null) {
      return "";
    }
    try (Stream<String> lines = Files.lines(options.config)) {
      return lines
          .filter(line -> !line.stripLeading().toLowerCase(Locale.ROOT).startsWith("dir "))
          .collect(Collectors.joining("\n", "", "\n"));
    } catch (IOException e) {
      throw new ServerException("cannot read the Redis configuration", e);
    }
  }

  private String settingsText() {
    StringBuilder text = new StringBuilder();
    options.settings.forEach((name, value) -> text.append(name + " " + value + "\n"));
    if (!options.password.isEmpty()) {
      text.append("requirepass " + quoted(options.password) + "\n");
    }
    return text.toString();
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /**
   * Whether it answers a PING and has finished loading. Without a login it refuses a PING while it
   * is loading too, so only where its password is unknown that counts as ready.
   */
  @Override
  protected boolean isReady() {
    try (Socket connected = new Socket()) {
      connected.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), 500);
      connected.setSoTimeout(500);
      Socket socket =
          options.trusted == null ? connected : TlsSockets.over(connected, options.trusted);
      OutputStream out = socket.getOutputStream();
      boolean login = !options.password.isEmpty();
      if (login) {
        out.write(command("AUTH", options.password));
      }
      out.write(command("PING"));
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      if (login) {
        reader.readLine();
      }
      String answer = reader.readLine();
      return answer != null && (answer.startsWith("+PONG") || answer.startsWith("-NOAUTH"));
    } catch (IOException notYet) {
      return false;
    }
  }

  private static byte[] command(String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      int length = word.getBytes(StandardCharsets.UTF_8).length;
      text.append('$').append(length).append("\r\n").append(word).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Database 0 as {@code redis://:password@127.0.0.1:port/0}, without a password that is unknown.
   */
  @Override
  public String url() {
    String secret = encoded(options.password);
    String login = secret.isEmpty() ? "" : ":" + secret + "@";
    return (options.trusted == null ? "redis://" : "rediss://")
        + login
        + "127.0.0.1:"
        + port()
        + "/0";
  }
}
