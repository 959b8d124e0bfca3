package dev.voting.local.programs.postgres;

import dev.voting.local.programs.Children;
import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.Running;
import dev.voting.local.programs.RunningServer;
import dev.voting.local.programs.SecretWatch;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.process.ServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real PostgreSQL in place of its image, configured by the image's own variables. At every start
 * it runs the scripts mounted for a new database, and then sets the logins, as the container's
 * postStart hook does; all of it is idempotent.
 */
public final class PostgresProgram implements Program {
  private static final String MAX_CONNECTIONS = "max_connections=";
  private static final String SCRIPTS = "/docker-entrypoint-initdb.d";

  private final Children children;
  private final PostgresOwners owners;

  public PostgresProgram(Children children, PostgresOwners owners) {
    this.children = children;
    this.owners = owners;
  }

  @Override
  public Running start(Launch launch) throws IOException {
    String password = required(launch, "POSTGRES_PASSWORD");
    PostgresConnector connector = PostgresConnector.of(launch, owners);
    try {
      PostgresServer.Builder builder =
          PostgresServer.at(Path.of(required(launch, "PGDATA")))
              .user(connector.user())
              .password(password)
              .database(connector.database())
              .port(connector.port())
              .log(launch.log());
      maxConnections(launch).ifPresent(most -> builder.setting("max_connections", most));
      Optional<Path> certificate = launch.certificate();
      if (certificate.isPresent()) {
        speakTls(launch, certificate.get(), builder);
      }
      PostgresServer server = builder.start();
      children.adopt(server.handle(), launch.name());
      owners.know(connector.port(), password);
      try {
        runScripts(launch, connector);
        PostgresLogins.of(launch, owners).apply();
      } catch (IOException | SQLException e) {
        server.stop();
        throw new IOException("the start scripts failed: " + e.getMessage(), e);
      }
      certificate.ifPresent(folder -> followCertificate(launch, folder, server, connector));
      return new RunningServer(server, connector::answers);
    } catch (ServerException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static String required(Launch launch, String variable) throws IOException {
    return Optional.ofNullable(launch.env().get(variable))
        .orElseThrow(() -> new IOException(variable + " is not set"));
  }

  private static Optional<String> maxConnections(Launch launch) {
    return launch.args().stream()
        .filter(argument -> argument.startsWith(MAX_CONNECTIONS))
        .map(argument -> argument.substring(MAX_CONNECTIONS.length()))
        .findFirst();
  }

  private static void speakTls(Launch launch, Path certificate, PostgresServer.Builder builder)
      throws IOException {
    Path access = launch.mounted("/etc/voting").resolve("pg_hba.conf");
    Path copy = launch.scratch().resolve("pg_hba.conf");
    try (Stream<String> lines = Files.lines(access)) {
      // The pod's own address is the whole machine here.
      Files.write(copy, lines.filter(line -> !line.endsWith(" trust")).toList());
    }
    builder
        .setting("ssl", "on")
        .file("server.crt", certificate.resolve("tls.crt"))
        .file("server.key", certificate.resolve("tls.key"))
        .file("pg_hba.conf", copy);
  }

  /** Reloads a renewed certificate: what reload.sh does in a pod. */
  private static void followCertificate(
      Launch launch, Path certificate, PostgresServer server, PostgresConnector connector) {
    SecretWatch watch =
        SecretWatch.start(
            launch,
            SecretWatch.Wanted.secret(certificate),
            "applied the certificate of the Secret",
            () -> {
              server.refreshFiles();
              try (Connection connection = connector.connect(Duration.ofSeconds(10));
                  Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_reload_conf()");
              }
            });
    server.onExit().thenRun(watch::terminate);
  }

  private static void runScripts(Launch launch, PostgresConnector connector)
      throws IOException, SQLException {
    List<Path> scripts;
    try (Stream<Path> files = Files.list(launch.mounted(SCRIPTS))) {
      scripts = files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
    try (Connection connection = connector.connect(Duration.ofSeconds(60));
        Statement statement = connection.createStatement()) {
      for (Path script : scripts) {
        statement.execute(Files.readString(script));
      }
    }
  }
}
