package dev.voting.local.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.servers.process.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nginx.conf of the ConfigMap in a real nginx, beside the page's files as they are mounted. */
class NginxIT extends PageServing {
  @TempDir static Path folder;
  private static Process nginx;
  private static String url;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Path program = Installed.nginx();
    int port = FreePort.find();
    url = "http://127.0.0.1:" + port;
    Path html = Files.createDirectory(folder.resolve("html"));
    for (var file : FILES.entrySet()) {
      Files.writeString(html.resolve(file.getKey()), file.getValue());
    }
    // Started by root, its workers are somebody else.
    folder.toFile().setExecutable(true, false);

    String conf = FILES.get("nginx.conf");
    conf = moved(conf, "/tmp/", folder + "/");
    conf = moved(conf, "listen 8080;", "listen 127.0.0.1:" + port + ";");
    conf = moved(conf, "root /usr/share/nginx/html;", "root " + html + ";");
    Path confFile = Files.writeString(folder.resolve("nginx.conf"), conf);
    nginx =
        new ProcessBuilder(
                program.toString(), "-e", "stderr", "-c", confFile.toString(), "-g", "daemon off;")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .failFast(() -> assertThat(nginx.isAlive()).as(log()).isTrue())
        .ignoreExceptions()
        .until(() -> new NginxIT().get("/health").statusCode() == 200);
  }

  @Override
  String url() {
    return url;
  }

  /** The same configuration, but for where this machine has a free place. */
  private static String moved(String conf, String from, String to) {
    assertThat(conf).contains(from);
    return conf.replace(from, to);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (nginx != null) {
      nginx.destroy();
      assertThat(nginx.waitFor(10, TimeUnit.SECONDS)).as("nginx ends when asked to").isTrue();
    }
  }

  @Test
  void startsWithoutAWarning() throws IOException {
    assertThat(log()).doesNotContain("[warn]", "[error]", "[emerg]");
  }

  @Test
  void healthIsNotLogged() throws Exception {
    get("/health");
    assertThat(log()).doesNotContain("/health");
  }

  @Test
  void whoAsksIsNotLogged() throws Exception {
    get("/?who=me");
    assertThat(log()).contains("\"uri\":\"/index.html\"").doesNotContain("127.0.0.1", "who=me");
  }

  @Test
  void allFilesTogetherStayUnderSixtyKibibytes() {
    assertThat(FILES.values().stream().mapToInt(text -> text.getBytes(UTF_8).length).sum())
        .isLessThan(60 * 1024);
  }

  private static String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }
}
