package dev.voting.local.programs.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
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

  @Test
  void aCacheThatDoesNotFitIsPassedOver(@TempDir Path target) throws Exception {
    Path app = Files.createDirectory(target.resolve("app"));
    Files.writeString(target.resolve("app.aot"), "no cache at all");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.forContainer(OptionalLong.of(512L << 20)));
    command.addAll(JvmFlags.cache(app));
    command.add("--version");
    Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(said).isZero();
    assertThat(said).startsWith("openjdk ");
  }
}
