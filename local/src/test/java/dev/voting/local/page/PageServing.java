package dev.voting.local.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.page.Page;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the page's rules promise about every request. Whatever serves the page by them, a real nginx
 * or the local node, keeps all of it.
 */
abstract class PageServing {
  static final HttpClient HTTP = HttpClient.newHttpClient();

  static final Map<String, String> FILES = Page.FILES;

  /** Where the server under test listens, without a slash at the end. */
  abstract String url();

  @Test
  void everyFileOfThePageIsServedAsItIsWithAllHeaders() throws Exception {
    String assets = assets();
    for (var file : FILES.entrySet()) {
      if (file.getKey().matches("(index|404).html|nginx.conf")) {
        continue;
      }
      var answer = get(assets + file.getKey());
      assertThat(answer.statusCode()).as(file.getKey()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(file.getValue());
      assertThat(answer.headers().firstValue("Content-Type"))
          .get()
          .asString()
          .startsWith(type(file.getKey()));
      assertThat(answer.headers().firstValue("Cache-Control"))
          .contains("public, max-age=31536000, immutable");
      ExpectedHeaders.assertAll(answer.headers());
    }
  }

  private static String type(String file) {
    return switch (file.substring(file.lastIndexOf('.'))) {
      case ".css" -> "text/css";
      case ".js" -> "text/javascript";
      case ".json" -> "application/json";
      case ".svg" -> "image/svg+xml";
      default -> throw new AssertionError("the nginx.conf knows no type for " + file);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/index.html", "/?utm_source=mail"})
  void thePageItselfIsAskedForAgainEachTime(String path) throws Exception {
    var answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(FILES.get("index.html"));
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-cache");
    ExpectedHeaders.assertAll(answer.headers());

    String tag = answer.headers().firstValue("ETag").orElseThrow();
    var again = get(path, "If-None-Match", tag);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.headers().firstValue("Cache-Control")).contains("no-cache");
  }

  @Test
  void anotherVersionsAddressIsAnsweredButKeptByNobody() throws Exception {
    var answer = get("/assets/0123456789abcdef/page.css");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nginx.conf",
        "/page.css",
        "/404.html",
        "/config.json",
        "/api/results",
        "/assets/",
        "/..data/page.css",
        "/assets/x/nginx.conf",
        "/assets/x/index.html",
        "/assets/x/%2e%2e/nginx.conf",
        "/assets/x/missing.css",
        "/nothing"
      })
  void nothingElseIsServed(String path) throws Exception {
    var answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.body()).isEqualTo(FILES.get("404.html"));
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    ExpectedHeaders.assertAll(answer.headers());
  }

  @Test
  void healthIsShort() throws Exception {
    var answer = get("/health");
    assertThat(answer.body()).isEqualTo("ok\n");
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
  }

  @Test
  void textTravelsCompressed() throws Exception {
    for (String path : new String[] {"/", assets() + "page.css", assets() + "feed.js"}) {
      var answer = get(path, "Accept-Encoding", "gzip");
      assertThat(answer.headers().firstValue("Content-Encoding")).as(path).contains("gzip");
      assertThat(answer.headers().firstValue("Vary")).contains("Accept-Encoding");
    }
    var request =
        HttpRequest.newBuilder(URI.create(url() + "/")).header("Accept-Encoding", "br, gzip");
    var answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (var unpacked = new GZIPInputStream(answer.body())) {
      assertThat(unpacked.readAllBytes()).asString(UTF_8).isEqualTo(FILES.get("index.html"));
    }
  }

  @Test
  void behindTlsTheBrowserIsAskedToStayThere() throws Exception {
    assertThat(get("/").headers().firstValue("Strict-Transport-Security")).isEmpty();
    assertThat(
            get("/", "X-Forwarded-Proto", "https")
                .headers()
                .firstValue("Strict-Transport-Security"))
        .contains("max-age=31536000; includeSubDomains");
  }

  @Test
  void onlyReadingIsAllowed() throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url() + "/"))
            .POST(HttpRequest.BodyPublishers.ofString("x"));
    var answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(405);
    ExpectedHeaders.assertAll(answer.headers());
  }

  /** The folder of the page's files, which carries the hash of their content. */
  protected String assets() {
    var found = Pattern.compile("/assets/[0-9a-f]+/").matcher(FILES.get("index.html"));
    assertThat(found.find()).as(FILES.get("index.html")).isTrue();
    return found.group();
  }

  /** Writes the page's files as they are mounted. */
  static Path written(Path folder) throws IOException {
    for (var file : FILES.entrySet()) {
      var written = Files.writeString(folder.resolve(file.getKey()), file.getValue());
      Files.setLastModifiedTime(written, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    }
    return folder;
  }

  protected HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(url() + path));
    return HTTP.send(
        (headers.length == 0 ? request : request.headers(headers)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
