package dev.voting.local.programs.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.local.programs.Mounts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisProgramTest {
  private static final Mounts MOUNTS =
      new Mounts(List.of(new Mounts.Mount("/data", Path.of("/home/me/my votes/volume"))));

  @Test
  void pathsOfThisMachineMayHaveBlanks() {
    assertThat(RedisProgram.translated("dir /data", MOUNTS))
        .isEqualTo("dir \"/home/me/my votes/volume\"");
  }

  @Test
  void allElseStaysAsItIs() {
    assertThat(RedisProgram.translated("bind * -::*", MOUNTS)).isEqualTo("bind * -::*");
    assertThat(RedisProgram.translated("save \"\"", MOUNTS)).isEqualTo("save \"\"");
  }
}
