package dev.voting.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script before it hands over, in a checkout of its own with a Maven of its own. */
class ScriptIT {
  private static final List<String> TOOLS =
      List.of(
          "sh",
          "cat",
          "dirname",
          "find",
          "grep",
          "head",
          "ls",
          "mkdir",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sleep",
          "tee");

  @TempDir Path directory;

  private Path checkout;
  private Path path;
  private Path builds;

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = Files.createDirectory(directory.resolve("a check out"));
    builds = directory.resolve("builds");
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    copy(Files.readString(Path.of("..", "votingapp")));
    path = Files.createDirectory(directory.resolve("bin"));
    for (String tool : TOOLS) {
      program(tool, "exec '" + installed(tool) + "' \"$@\"");
    }
  }

  @Test
  void saysThatAJdkIsMissing() throws Exception {
    String script = Files.readString(checkout.resolve("votingapp"));
    assertThat(script).contains("wanted=25");
    copy(script.replace("wanted=25", "wanted=9999"));
    assertThat(run())
        .isEqualTo(
            new Result(
                1,
                "votingapp: needs a JDK 9999 or newer and found none: install one"
                    + " (https://adoptium.net) or set JAVA_HOME"));
  }

  @Test
  void saysThatMavenIsMissing() throws Exception {
    assertThat(run())
        .isEqualTo(
            new Result(
                1,
                "votingapp: needs Maven (mvn) to build and found none: install it"
                    + " (https://maven.apache.org)"));
  }

  @Test
  void saysThatTheNetworkIsMissing() throws Exception {
    maven("echo '[ERROR] Could not transfer artifact a:b:1 from/to central: Unknown host'; exit 1");
    Result result = run();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.printed().lines())
        .last()
        .asString()
        .startsWith("votingapp: the build cannot download what it needs: is there a network?");
    assertThat(checkout.resolve("local/target/votingapp.building")).doesNotExist();
  }

  @Test
  void saysWhatTheBuildFailedWith() throws Exception {
    maven("echo '[ERROR] a semicolon is missing'; exit 1");
    assertThat(run().printed().lines())
        .last()
        .asString()
        .startsWith("votingapp: the build failed: a semicolon is missing");
  }

  @Test
  void buildsOnceEvenWhenStartedTwiceAtOnce() throws Exception {
    maven(buildsEverything());
    Process one = start();
    Process two = start();
    assertThat(one.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(two.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(builds).hasContent("built");
    run();
    assertThat(builds).as("nothing has changed").hasContent("built");

    Path source = Files.createDirectories(checkout.resolve("crd/src/main")).resolve("New.java");
    Files.createFile(source);
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    run();
    assertThat(builds).hasContent("built\nbuilt");
  }

  @Test
  void aBuildThatWasKilledBlocksNoOther() throws Exception {
    maven(buildsEverything());
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path lock = checkout.resolve("local/target/votingapp.building");
    Files.createDirectories(lock);
    Files.writeString(lock.resolve("pid"), Long.toString(ended.pid()));
    run();
    assertThat(builds).hasContent("built");
  }

  @Test
  void helpNeverBuilds() throws Exception {
    maven(buildsEverything());
    for (String asked : List.of("--help", "up --help", "-h", "--version")) {
      Result help = run(asked.split(" "));
      assertThat(help.exitCode()).as(asked).isZero();
      assertThat(help.printed()).as(asked).startsWith("Usage: votingapp COMMAND").contains("up ");
    }
    assertThat(builds).doesNotExist();
  }

  @Test
  void showsHowFarABuildHasCome() throws Exception {
    maven(
        "echo '[INFO] Building VotingApp resource 0.1.0                 [2/9]'; echo noise; exit 1");
    assertThat(run().printed()).contains("  [2/9] VotingApp resource").doesNotContain("noise");
  }

  private record Result(int exitCode, String printed) {}

  private void copy(String script) throws IOException {
    Path file = Files.writeString(checkout.resolve("votingapp"), script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void maven(String script) throws IOException {
    program("mvn", script);
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(path.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Takes long enough for another one to begin, and leaves what a build leaves. */
  private String buildsEverything() {
    return """
        echo built >>'%s'
        sleep 2
        for module in local runtime-api runtime-consumer; do
          mkdir -p $module/target/app
          : >$module/target/app/voting-$module-1.jar
        done
        """
        .formatted(builds);
  }

  private Result run(String... arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    return new Result(process.waitFor(), printed);
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("votingapp").toString()));
    command.addAll(arguments.length == 0 ? List.of("status") : List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", path.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.start();
  }

  private static Path installed(String tool) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }
}
