package dev.voting.local.programs.images;

import dev.voting.local.programs.Children;
import dev.voting.local.programs.Images;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.postgres.PostgresOwners;
import dev.voting.local.programs.postgres.PostgresProgram;
import dev.voting.local.programs.postgres.PostgresReload;
import dev.voting.local.programs.postgres.PostgresVersion;
import dev.voting.local.programs.redis.RedisProgram;
import dev.voting.local.programs.redis.RedisReload;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The images that the local node knows, and the program for each. */
public final class LocalImages implements Images {
  private static final Pattern MAJOR = Pattern.compile("(\\d+).*");

  /** The one PostgreSQL that Maven delivers. */
  private static final int POSTGRES_MAJOR = 15;

  private static final int OLDEST_REDIS_MAJOR = 7;

  private final List<Row> table;

  /**
   * One line of the table.
   *
   * @param component the component that may use it
   * @param name pattern of the image's name, without registry and tag
   * @param tag pattern of its tag
   */
  private record Row(
      String component, Pattern name, Predicate<String> tag, String versions, Program program) {

    /** A sidecar of the same image. */
    Row beside(String container, Program helper) {
      return new Row(component + "/" + container, name, tag, versions, helper);
    }
  }

  /**
   * @param home the checkout with the built runtimes
   */
  public LocalImages(Path home, Children children, Vertx vertx) {
    PostgresOwners owners = new PostgresOwners();
    Row postgres =
        new Row(
            "postgres",
            Pattern.compile("postgres(ql)?"),
            tag -> major(tag, POSTGRES_MAJOR) == POSTGRES_MAJOR,
            "PostgreSQL " + POSTGRES_MAJOR,
            new PostgresProgram(children, owners));
    Row redis =
        new Row(
            "redis",
            Pattern.compile("redis"),
            tag -> major(tag, OLDEST_REDIS_MAJOR) >= OLDEST_REDIS_MAJOR,
            "Redis " + OLDEST_REDIS_MAJOR + " and newer",
            new RedisProgram(children));
    this.table =
        List.of(
            postgres,
            postgres.beside("version", new PostgresVersion(POSTGRES_MAJOR)),
            postgres.beside("reload", new PostgresReload(owners)),
            redis,
            redis.beside("reload", new RedisReload()),
            new Row(
                "api",
                Pattern.compile(".*voting-api"),
                tag -> true,
                "",
                new JavaProgram(
                    home.resolve("runtime-api/target/app"),
                    "dev.voting.api.Main",
                    Map.of("PORT", 8000, "METRICS_PORT", 8001),
                    children)),
            new Row(
                "consumer",
                Pattern.compile(".*voting-consumer"),
                tag -> true,
                "",
                consumer(home, Map.of("METRICS_PORT", 8001), children)),
            // The same image, which declares a poll and has no port.
            new Row(
                "poll",
                Pattern.compile(".*voting-consumer"),
                tag -> true,
                "",
                consumer(home, Map.of(), children)),
            new Row(
                "frontend",
                Pattern.compile("nginx(-unprivileged)?"),
                tag -> true,
                "",
                new PageProgram(vertx)));
  }

  private static Program consumer(Path home, Map<String, Integer> ports, Children children) {
    return new JavaProgram(
        home.resolve("runtime-consumer/target/app"), "dev.voting.consumer.Main", ports, children);
  }

  @Override
  public Found find(String image, String component) {
    for (Row row : table) {
      if (!row.component().equals(component)
          || !row.name().matcher(Images.repository(image)).matches()) {
        continue;
      }
      if (!row.tag().test(Images.tag(image).orElse("latest"))) {
        return new Found.Unknown(
            "the local node has no %s: it has %s".formatted(image, row.versions()));
      }
      return new Found.Known(row.program());
    }
    return new Found.Unknown(
        "the local node pulls no images and has no program for %s: it knows %s"
            .formatted(image, known()));
  }

  private String known() {
    return String.join(
        ", ",
        table.stream().map(row -> row.name().pattern() + " (" + row.component() + ")").toList());
  }

  private static int major(String tag, int otherwise) {
    Matcher matcher = MAJOR.matcher(tag);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : otherwise;
  }
}
