package dev.voting.servers.postgres;

import dev.voting.servers.process.BinaryCache;
import dev.voting.servers.process.DataServer;
import dev.voting.servers.process.Folders;
import dev.voting.servers.process.ServerException;
import dev.voting.servers.process.ServerProcess;
import dev.voting.servers.process.UnprivilegedUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A PostgreSQL server as a child process. A data folder without a database gets one on the first
 * start, with the given superuser; an existing database is used as it is. Runs as an unprivileged
 * user where this process is root, as PostgreSQL insists on.
 */
public final class PostgresServer extends DataServer {
  private final Builder options;
  private final PostgresBinaries binaries;
  private final Optional<UnprivilegedUser> user;

  private PostgresServer(Builder options) {
    // INT is the fast shutdown: it rolls open transactions back and waits for no client.
    super("PostgreSQL", "INT", options.data, options.log, options.port);
    try {
      this.options = options;
      this.binaries =
          options.binaries != null
              ? options.binaries
              : PostgresBinaries.unpacked(BinaryCache.ofThisUser());
      this.user = UnprivilegedUser.ifRoot("postgres", "nobody");
    } catch (IOException e) {
      throw new ServerException("cannot prepare PostgreSQL", e);
    }
  }

  /**
   * Begins a server on a data folder, which is created if missing.
   *
   * @param data PostgreSQL's data folder; the log is written to its parent, or give {@link
   *     Builder#log}
   */
  public static Builder at(Path data) {
    return new Builder(data);
  }

  /** The options of a server. All have a default. */
  public static final class Builder {
    private final Path data;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, Path> files = new LinkedHashMap<>();
    private PostgresBinaries binaries;
    private Path log;
    private String user = "postgres";
    private String password = "postgres";
    private String database = "postgres";
    private int port;
    private boolean syncedInit = true;

    private Builder(Path data) {
      this.data = data;
      settings.put("listen_addresses", "127.0.0.1");
      settings.put("unix_socket_directories", "");
    }

    /** The programs; default those on the class path, unpacked into this user's cache. */
    public Builder binaries(PostgresBinaries programs) {
      this.binaries = programs;
      return this;
    }

    /** The superuser of a new database. Default {@code postgres}. */
    public Builder user(String name) {
      this.user = name;
      return this;
    }

    /** The superuser's password, asked for on every connection (SCRAM). */
    public Builder password(String secret) {
      this.password = secret;
      return this;
    }

    /** A database that is created with a new data folder. Default {@code postgres}. */
    public Builder database(String name) {
      this.database = name;
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

    /** Any setting of postgresql.conf; comes after the defaults and so may replace them. */
    public Builder setting(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /**
     * A file that is copied into the data folder at every start, for the server's user alone: such
     * as {@code pg_hba.conf}, or {@code server.crt} and {@code server.key}, where PostgreSQL looks
     * for its certificate when the setting {@code ssl} is on.
     */
    public Builder file(String name, Path source) {
      files.put(name, source);
      return this;
    }

    /** Trades safety against a power loss for speed: for tests. A killed process loses nothing. */
    public Builder fast() {
      syncedInit = false;
      return setting("fsync", "off").setting("full_page_writes", "off");
    }

    /** Creates the server and starts it. */
    public PostgresServer start() {
      PostgresServer server = new PostgresServer(this);
      server.start();
      return server;
    }
  }

  @Override
  protected ServerProcess launch() throws IOException {
    user.ifPresent(this::requireReachable);
    if (!Files.exists(data().resolve("PG_VERSION"))) {
      initialize();
    }
    refreshFiles();
    handOver(data());
    return ServerProcess.start(asUser(serverCommand()), data(), log(), "");
  }

  /**
   * Copies the files of the server again; it reads them on a reload.
   *
   * @throws IOException if one cannot be read
   */
  public void refreshFiles() throws IOException {
    for (Map.Entry<String, Path> file : options.files.entrySet()) {
      Path copy = data().resolve(file.getKey());
      Path fresh = data().resolve(file.getKey() + ".new");
      Files.copy(file.getValue(), fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      handOver(fresh);
      Files.move(fresh, copy, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private void requireReachable(UnprivilegedUser other) {
    try {
      for (Path path : List.of(data(), binaries.program("postgres"))) {
        Optional<Path> barrier = other.barrier(path);
        if (barrier.isPresent()) {
          throw new ServerException(
              "PostgreSQL does not run as root, and its user "
                  + other.name()
                  + " may not enter "
                  + barrier.get()
                  + ": choose another place for "
                  + path);
        }
      }
    } catch (IOException e) {
      throw new ServerException("cannot see whether " + other.name() + " may use " + data(), e);
    }
  }

  /** Creates the database in a temporary folder and moves it, so that it is never incomplete. */
  private void initialize() throws IOException {
    Path fresh = data().resolveSibling(data().getFileName() + ".new");
    Folders.delete(fresh);
    Files.createDirectory(fresh);
    initialize(fresh);
    Files.delete(data());
    Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
  }

  private void initialize(Path fresh) throws IOException {
    Path passwordFile = Files.createTempFile("initdb", "");
    try {
      Files.writeString(passwordFile, options.password);
      handOver(passwordFile);
      handOver(fresh);
      List<String> command =
          new ArrayList<>(
              List.of(
                  binaries.program("initdb").toString(),
                  "--pgdata=" + fresh,
                  "--username=" + options.user,
                  "--pwfile=" + passwordFile,
                  "--auth=scram-sha-256",
                  "--encoding=UTF8",
                  "--locale=C"));
      if (!options.syncedInit) {
        command.add("--no-sync");
      }
      runToEnd("initdb", fresh, command, "");
      if (!options.database.equals("postgres")) {
        runToEnd(
            "CREATE DATABASE",
            fresh,
            List.of(
                binaries.program("postgres").toString(),
                "--single",
                "-D",
                fresh.toString(),
                "postgres"),
            "CREATE DATABASE \"" + options.database.replace("\"", "\"\"") + "\"\n");
      }
    } finally {
      Files.deleteIfExists(passwordFile);
    }
  }

  private void runToEnd(String what, Path fresh, List<String> command, String input)
      throws IOException {
    int exitCode = ServerProcess.start(asUser(command), fresh, log(), input).onExit().join();
    if (exitCode != 0) {
      throw ServerException.withLog(what + " failed", log());
    }
  }

  private List<String> serverCommand() {
    List<String> command = new ArrayList<>();
    command.add(binaries.program("postgres").toString());
    command.addAll(List.of("-D", data().toString(), "-p", Integer.toString(port())));
    options.settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    return command;
  }

  private List<String> asUser(List<String> command) throws IOException {
    return user.isPresent() ? user.get().command(command) : command;
  }

  private void handOver(Path path) throws IOException {
    if (user.isPresent()) {
      user.get().own(path);
    }
  }

  /** Whether the last line of PostgreSQL's pid file reports the current run as ready. */
  @Override
  protected boolean isReady() throws IOException {
    try {
      List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
      return lines.size() >= 8
          && lines.getFirst().strip().equals(Long.toString(handle().pid()))
          && lines.getLast().strip().equals("ready");
    } catch (NoSuchFileException notYet) {
      return false;
    }
  }

  /** The database as {@code postgresql://user:password@127.0.0.1:port/database}. */
  @Override
  public String url() {
    return "postgresql://"
        + encoded(options.user)
        + ":"
        + encoded(options.password)
        + "@127.0.0.1:"
        + port()
        + "/"
        + encoded(options.database);
  }
}
