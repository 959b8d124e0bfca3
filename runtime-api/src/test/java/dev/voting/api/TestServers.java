package dev.voting.api;

import dev.voting.runtime.Schema;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One real PostgreSQL and one real Redis for all tests of a run that only use them; tests that hurt
 * a server start their own. Each test class has its own database, each test its own stream.
 */
public final class TestServers implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Servers.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(TestServers.class))
        .computeIfAbsent(Servers.class);
  }

  /** The servers; ended by JUnit when all tests are done. */
  public static final class Servers implements AutoCloseable {
    private final Path folder = temporaryFolder();
    private final PostgresServer postgres = TestServers.postgres(folder.resolve("postgres"));
    private final RedisServer redis = TestServers.redis(folder.resolve("redis"), "everysec");
    private final AtomicInteger databases = new AtomicInteger();

    public RedisServer redis() {
      return redis;
    }

    /** The URL of a new database with the schema. */
    public String newDatabase() throws SQLException {
      String name = "test" + databases.incrementAndGet();
      try (Connection connection = open(postgres.url());
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name);
      }
      String url = postgres.url().replaceAll("/[^/]*$", "/" + name);
      try (Connection connection = open(url)) {
        Schema.apply(connection);
      }
      return url;
    }

    @Override
    public void close() {
      redis.close();
      postgres.close();
      delete(folder);
    }
  }

  public static PostgresServer postgres(Path data) {
    return PostgresServer.at(data).password("p@ss/word").database("votes").fast().start();
  }

  public static RedisServer redis(Path data, String appendFsync) {
    return RedisServer.at(data)
        .password("r@d:is%/")
        .setting("appendonly", "yes")
        .setting("appendfsync", appendFsync)
        .setting("maxmemory-policy", "noeviction")
        .start();
  }

  /** Opens a connection by a {@code postgresql://} URL. */
  public static Connection open(String url) throws SQLException {
    URI uri = URI.create(url);
    List<String> user = List.of(uri.getUserInfo().split(":", 2));
    return DriverManager.getConnection(
        "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
        user.getFirst(),
        user.size() > 1 ? user.get(1) : "");
  }

  /** A folder that other users may walk through, as PostgreSQL does not run as root. */
  public static Path temporaryFolder() {
    try {
      Path folder = Files.createTempDirectory("voting-api");
      folder.toFile().setExecutable(true, false);
      folder.toFile().setReadable(true, false);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
