package dev.voting.local.programs.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.local.programs.Children;
import dev.voting.local.programs.Images;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImagesTest {
  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();
  private Children children;
  private Images images;

  @BeforeEach
  void start() throws IOException {
    children = new Children(directory.resolve("children"), Optional.empty());
    images = new LocalImages(directory, children, vertx);
  }

  @AfterEach
  void stop() {
    children.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @ParameterizedTest
  @CsvSource({
    "postgres:15-alpine, postgres",
    "registry.example:5000/library/postgres:15.4, postgres",
    "redis:7-alpine, redis",
    "redis@sha256:0123456789012345678901234567890123456789012345678901234567890123, redis",
    "ghcr.io/voting-dev/voting-api:0.1.0, api",
    "voting-consumer, consumer",
    "nginxinc/nginx-unprivileged:1.28-alpine, frontend"
  })
  void knowsWhatTheOperatorAsksFor(String image, String component) {
    assertThat(images.find(image, component)).isInstanceOf(Images.Found.Known.class);
  }

  @ParameterizedTest
  @CsvSource({
    "postgres:16-alpine, postgres, PostgreSQL 15",
    "redis:6, redis, Redis 7",
    "example.com/nothing:1, api, example.com/nothing:1",
    "postgres:15, redis, postgres:15"
  })
  void saysWhatItDoesNotKnow(String image, String component, String reason) {
    assertThat(images.find(image, component))
        .isInstanceOfSatisfying(
            Images.Found.Unknown.class, unknown -> assertThat(unknown.message()).contains(reason));
  }

  @Test
  void readsImageNames() {
    assertThat(Images.repository("localhost:5000/a/b:1@sha256:ab")).isEqualTo("b");
    assertThat(Images.tag("localhost:5000/a/b")).isEmpty();
    assertThat(Images.tag("localhost:5000/a/b:1@sha256:ab")).contains("1");
  }
}
