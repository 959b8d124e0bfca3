package dev.voting.local.programs;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppSpec;
import dev.voting.local.machine.Trees;
import dev.voting.local.node.config.Addresses;
import dev.voting.local.programs.postgres.PostgresOwners;
import dev.voting.local.programs.postgres.PostgresProgram;
import dev.voting.local.programs.postgres.PostgresReload;
import dev.voting.local.programs.redis.RedisProgram;
import dev.voting.local.programs.redis.RedisReload;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.components.BlueprintRenderer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The two servers' pods as the operator makes them, by hand: their files, and a Secret to write.
 */
public final class DataPods implements AutoCloseable {
  private static final Map<String, String> FOLDERS =
      Map.of(
          "postgres-init", "/docker-entrypoint-initdb.d",
          "postgres-scripts", "/etc/voting",
          "redis-config", "/etc/redis");

  private final Path directory = Files.createTempDirectory("data-pods-");
  private final Children children;
  private final PostgresOwners owners = new PostgresOwners();
  private final List<Mounts.Mount> mounts = new ArrayList<>();
  private final List<Running> running = new ArrayList<>();
  public final int postgresPort = Addresses.free();
  public final int redisPort = Addresses.free();

  public DataPods() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    children = new Children(directory.resolve("children"), Optional.empty());
    var app = new VotingApp();
    app.setMetadata(new ObjectMetaBuilder().withName("voting").build());
    app.setSpec(VotingAppSpec.DEFAULTS);
    var blueprint =
        BlueprintRenderer.render(
            app, Credentials.masked(), new Certificates.None(), Images.CURRENT);
    for (var object : blueprint.objects().filter(ConfigMap.class::isInstance).toList()) {
      var folder = FOLDERS.get(object.getMetadata().getName());
      if (folder != null) {
        Path mounted = mount(folder);
        for (var file : ((ConfigMap) object).getData().entrySet()) {
          Files.writeString(mounted.resolve(file.getKey()), file.getValue());
        }
      }
    }
    mount("/etc/voting-secrets");
    mount("/run/redis");
    mount("/data");
    mount("/var/lib/postgresql/data");
  }

  private Path mount(String path) throws IOException {
    Path target = Files.createDirectories(directory.resolve("mounts" + path));
    mounts.add(new Mounts.Mount(path, target));
    return target;
  }

  /** Where a folder of the pods is. */
  public Path mounted(String path) {
    return directory.resolve("mounts" + path);
  }

  /** Writes a key of the Secret; null removes it. */
  public void secret(String key, String value) throws IOException {
    Path file = directory.resolve("mounts/etc/voting-secrets").resolve(key);
    if (value == null) {
      Files.deleteIfExists(file);
    } else {
      Files.writeString(file, value);
    }
  }

  public void startPostgres() throws IOException {
    Map<String, String> env =
        Map.of(
            "POSTGRES_USER", "voting",
            "POSTGRES_PASSWORD", "owner",
            "POSTGRES_DB", "votes",
            "PGDATA", directory.resolve("mounts/data/pgdata").toString());
    start(new PostgresProgram(children, owners), "postgres", env);
    start(new PostgresReload(owners), "postgres-reload", env);
  }

  /** Returns what stands beside the server. */
  public Running startRedis() throws IOException {
    start(new RedisProgram(children), "redis", Map.of());
    return start(new RedisReload(), "redis-reload", Map.of());
  }

  private Running start(Program program, String name, Map<String, String> env) throws IOException {
    running.addFirst(
        program.start(
            new Launch(
                name,
                List.of(),
                List.of(),
                env,
                Map.of(5432, postgresPort, 6379, redisPort),
                new Mounts(mounts),
                OptionalLong.empty(),
                Files.createDirectories(directory.resolve("scratch-" + name)),
                Files.createFile(directory.resolve(name + ".log")))));
    return running.getFirst();
  }

  @Override
  public void close() throws IOException {
    for (Running program : running) {
      program.terminate();
      program.exit().join();
    }
    children.close();
    Trees.delete(directory);
  }
}
