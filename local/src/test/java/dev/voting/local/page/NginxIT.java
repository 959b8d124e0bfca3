package dev.voting.local.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.servers.process.FreePort;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The nginx.conf of the ConfigMap in a real nginx, beside the page's files as they are mounted. */
class NginxIT extends PageServing {
  private static final Set<String> OF_ANY_SERVER =
      Set.of(
          "server",
          "date",
          "connection",
          "keep-alive",
          "accept-ranges",
          "content-length",
          "transfer-encoding");

  @TempDir static Path folder;
  private static Process nginx;
  private static String url;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Path program = Installed.nginx();
    int port = FreePort.find();
    url = "http://127.0.0.1:" + port;
    Path html = written(Files.createDirectory(folder.resolve("html")));
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
  void allFilesTogetherStaySmall() {
    assertThat(FILES.values().stream().mapToInt(text -> text.getBytes(UTF_8).length).sum())
        .isLessThan(120 * 1024);
  }

  /** Each rule of the page, for each kind of request. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/?utm_source=mail",
        "/index.html",
        "/%69ndex.html",
        "/404.html",
        "/health",
        "/health?x",
        "/assets/",
        "/assets/this/page.css",
        "/assets/this/page.css?x",
        "/assets/this/main.js",
        "/assets/this/config.json",
        "/assets/this/cats.svg",
        "/assets/this/missing.css",
        "/assets/this/nginx.conf",
        "/assets/this/index.html",
        "/assets/0123456789ab/page.css",
        "/nginx.conf",
        "/page.css",
        "/api/results",
        "/nothing"
      })
  void theLocalPageServerAnswersTheSame(String path) throws Exception {
    var vertx = Vertx.vertx();
    int port = FreePort.find();
    var address = path.replace("/assets/this/", assets());
    var tag = get(address).headers().firstValue("ETag").orElse("\"none\"");
    try (var _ =
        new PageServer(vertx, port, name -> Optional.of(Path.of(folder + "/html" + name)))) {
      for (var method : List.of("GET", "HEAD", "POST", "DELETE")) {
        for (var header :
            List.of(
                "Accept: */*",
                "Accept-Encoding: gzip",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Proto: http",
                "If-None-Match: " + tag)) {
          assertThat(answer("http://127.0.0.1:" + port + address, method, header))
              .as("%s %s with %s", method, address, header)
              .isEqualTo(answer(url + address, method, header));
        }
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  /** Status, headers and text, without what any two servers differ in. */
  private static List<?> answer(String address, String method, String header) throws Exception {
    var words = header.split(": ");
    var request =
        HttpRequest.newBuilder(URI.create(address))
            .version(HttpClient.Version.HTTP_1_1)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header(words[0], words[1]);
    var answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    var headers = new TreeMap<>(answer.headers().map());
    headers.keySet().removeAll(OF_ANY_SERVER);
    boolean comparable = answer.statusCode() != 405 && !headers.containsKey("content-encoding");
    return List.of(answer.statusCode(), headers, comparable ? answer.body() : "");
  }

  private static String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }
}
