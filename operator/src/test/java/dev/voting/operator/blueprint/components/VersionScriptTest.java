package dev.voting.operator.blueprint.components;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guard of PostgreSQL's data, run by a shell with a server of any version. */
class VersionScriptTest {

  private static final String SERVER = "echo 'postgres (PostgreSQL) 15.9'";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgres (PostgreSQL) 15.9                  |    | 0 | PostgreSQL 15.9, no data",
        "postgres (PostgreSQL) 15.9                  | 15 | 0 | PostgreSQL 15.9, data of 15",
        "postgres (PostgreSQL) 16.1 (Debian 16.1-1)  | 16 | 0 | PostgreSQL 16.1, data of 16",
        "postgres (PostgreSQL) 18beta1               | 18 | 0 | PostgreSQL 18beta1, data of 18",
        "postgres (PostgreSQL) 16.1                  | 15 | 1"
            + " | PostgreSQL 16.1, data of 15: it cannot read them",
        "postgres (PostgreSQL) 15.9                  | 16 | 1"
            + " | PostgreSQL 15.9, data of 16: it cannot read them",
        "postgres (PostgreSQL) 15.9                  | 1  | 1"
            + " | PostgreSQL 15.9, data of 1: it cannot read them",
      })
  void theServerStartsOnlyOnDataThatItCanRead(
      String server, String data, int exitCode, String words) throws Exception {
    assertThat(run("echo '" + server + "'", data)).isEqualTo(exitCode);
    assertThat(directory.resolve("termination-log")).hasContent(words);
  }

  @Test
  void anImageThatDoesNotSayItsVersionIsLeftToItsServer() throws Exception {
    assertThat(run("exit 127", "15")).isZero();
    assertThat(directory.resolve("termination-log")).doesNotExist();
  }

  @Test
  void whatAFirstStartThatWasCutShortLeftIsReCreated() throws Exception {
    assertThat(run(SERVER, null)).isZero();
    assertThat(mark()).exists();

    // As initdb does first of all, and as nobody takes for the end of its work.
    assertThat(run(SERVER, "15")).isZero();
    assertThat(directory.resolve("pgdata")).doesNotExist();
    assertThat(directory.resolve("termination-log")).hasContent("PostgreSQL 15.9, no data");
    assertThat(mark()).exists();

    assertThat(shell("99-made.sh", SERVER)).isZero();
    assertThat(mark()).doesNotExist();
    assertThat(run(SERVER, "15")).isZero();
    assertThat(directory.resolve("pgdata/PG_VERSION")).exists();
    assertThat(mark()).doesNotExist();
  }

  /** As where the process is killed, and its pod lives on with its init container long ended. */
  @Test
  void aContainerThatIsStartedAgainAmidAFirstStartBeginsAgain() throws Exception {
    assumeTrue(hasBash(), "the image's entry point needs bash");
    assertThat(run(SERVER, null)).isZero();
    assertThat(start("docker-entrypoint.sh")).startsWith("new data");

    assertThat(start("docker-entrypoint.sh")).contains("a first start was cut short", "new data");
    assertThat(mark()).as("until it is made").exists();

    assertThat(shell("99-made.sh", SERVER)).isZero();
    Files.writeString(directory.resolve("pgdata/PG_VERSION"), "15\n");
    assertThat(start("docker-entrypoint.sh")).startsWith("a database");
  }

  @Test
  void nothingElseThatBashRunsInThePodTakesAnyData() throws Exception {
    assumeTrue(hasBash(), "the image's entry point needs bash");
    assertThat(run(SERVER, null)).isZero();
    Files.writeString(directory.resolve("pgdata/PG_VERSION"), "15\n");

    assertThat(start("debug.sh")).startsWith("a database");
    assertThat(start("docker-entrypoint.sh")).contains("new data", "called: a database");
  }

  private static boolean hasBash() {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "bash")));
  }

  /** What the image's own program does first, and that it calls others while it makes the data. */
  private String start(String name) throws IOException, InterruptedException {
    var script = directory.resolve(name);
    Files.writeString(
        script,
        """
        [ -s "$PGDATA/PG_VERSION" ] && echo "a database" || echo "new data"
        mkdir -p "$PGDATA" && echo 15 >"$PGDATA/PG_VERSION"
        cp "$0" "$(dirname "$0")/again-docker-entrypoint.sh"
        [ -n "$CALLED" ] || CALLED=yes bash "$(dirname "$0")/again-docker-entrypoint.sh" | sed 's/^/called: /'
        """);
    copy("half-made.sh");
    var builder = process("bash", script);
    builder.environment().put("BASH_ENV", directory.resolve("half-made.sh").toString());
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  private void copy(String name) throws IOException {
    Files.writeString(
        directory.resolve(name),
        dev.voting.operator.blueprint.Files.read("/dev/voting/operator/postgres/" + name));
  }

  private ProcessBuilder process(String shell, Path script) {
    var builder = new ProcessBuilder(shell, script.toString()).redirectErrorStream(true);
    builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
    builder.environment().put("PGDATA", directory.resolve("pgdata").toString());
    builder.environment().put("TERMINATION_LOG", directory.resolve("termination-log").toString());
    return builder;
  }

  private Path mark() {
    return directory.resolve("half-made");
  }

  private int run(String server, String data) throws IOException, InterruptedException {
    var folder = Files.createDirectories(directory.resolve("pgdata"));
    if (data != null) {
      Files.writeString(folder.resolve("PG_VERSION"), data + "\n");
    }
    return shell("version.sh", server);
  }

  private int shell(String name, String server) throws IOException, InterruptedException {
    copy(name);
    copy("half-made.sh");
    var program = directory.resolve("postgres");
    Files.writeString(program, "#!/bin/sh\n" + server + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    var builder = process("sh", directory.resolve(name));
    var process = builder.start();
    process.getInputStream().transferTo(OutputStream.nullOutputStream());
    return process.waitFor();
  }
}
