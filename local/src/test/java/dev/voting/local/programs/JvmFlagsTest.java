package dev.voting.local.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JvmFlagsTest {

  @Test
  void aCacheThatTheBuildHasLeftIsUsed_andNoneIsNoTrouble(@TempDir Path target) throws IOException {
    Path app = Files.createDirectory(target.resolve("app"));
    assertThat(JvmFlags.cache(app)).isEmpty();

    Path cache = Files.writeString(target.resolve("app.aot"), "");

    assertThat(JvmFlags.cache(app)).first().isEqualTo("-XX:AOTCache=" + cache);
  }
}
