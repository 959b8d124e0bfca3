package dev.voting.local.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountsTest {
  private final Mounts mounts =
      new Mounts(
          List.of(
              new Mounts.Mount("/data", Path.of("/v/claim")),
              new Mounts.Mount("/data/logs", Path.of("/v/logs")),
              new Mounts.Mount("/etc/redis", Path.of("/v/config")),
              new Mounts.Mount("/etc/nginx/nginx.conf", Path.of("/v/page/nginx.conf"))));

  @ParameterizedTest
  @CsvSource({
    "/data, /v/claim",
    "/data/pgdata, /v/claim/pgdata",
    "dir /data, dir /v/claim",
    "/data/logs/x, /v/logs/x",
    "--conf=/etc/redis/redis.conf, --conf=/v/config/redis.conf",
    "/etc/nginx/nginx.conf, /v/page/nginx.conf",
    "/database, /database",
    "/srv/data, /srv/data",
    "redis://host/data, redis://host/data",
    "/etc/redis-other, /etc/redis-other"
  })
  void replacesMountedPathsOnly(String text, String here) {
    assertThat(mounts.translate(text)).isEqualTo(here);
  }

  @Test
  void resolvesWhatIsMounted() {
    assertThat(mounts.resolve("/etc/nginx/nginx.conf")).contains(Path.of("/v/page/nginx.conf"));
    assertThat(mounts.resolve("/etc/nginx")).isEmpty();
  }
}
