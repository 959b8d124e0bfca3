package dev.voting.local.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The very nginx.conf that goes into the ConfigMap. */
class SiteTest {
  private static final String STYLE = "body { margin: 0 }\n".repeat(100);

  private final Map<String, String> files =
      Map.of(
          "/usr/share/nginx/html/index.html", "<!doctype html>",
          "/usr/share/nginx/html/404.html", "<!doctype html><p>not here",
          "/usr/share/nginx/html/page.css", STYLE,
          "/usr/share/nginx/html/nginx.conf", "secret");

  private Site site;

  @BeforeEach
  void load() throws IOException {
    try (var file = SiteTest.class.getResourceAsStream("/dev/voting/operator/page/nginx.conf")) {
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      site =
          new Site(
              ConfParser.parse(text.replace("@CONTENT_HASH@", "abc123")),
              path ->
                  Optional.ofNullable(files.get(path))
                      .map(
                          content ->
                              new Site.StaticFile(
                                  content.getBytes(StandardCharsets.UTF_8),
                                  Instant.parse("2026-01-01T00:00:00Z"))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/, 200, text/html; charset=utf-8, no-cache",
    "/?from=mail, 200, text/html; charset=utf-8, no-cache",
    "/index.html, 200, text/html; charset=utf-8, no-cache",
    "/assets/abc123/page.css, 200, text/css; charset=utf-8, 'public, max-age=31536000, immutable'",
    "/assets/other/page.css, 200, text/css; charset=utf-8, no-store",
    "/assets/abc123/missing.css, 404, text/html; charset=utf-8, no-store",
    "/health, 200, text/plain; charset=utf-8, no-store",
    "/nginx.conf, 404, text/html; charset=utf-8, no-store",
    "/page.css, 404, text/html; charset=utf-8, no-store"
  })
  void answersAsTheConfigurationSays(String uri, int status, String type, String cache) {
    PageReply reply = get(uri, Map.of());
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.headers())
        .containsEntry("Content-Type", type)
        .containsEntry("Cache-Control", cache)
        .containsEntry("X-Content-Type-Options", "nosniff")
        .hasEntrySatisfying(
            "Content-Security-Policy", value -> assertThat(value).startsWith("default-src 'none'"))
        .doesNotContainKey("Strict-Transport-Security");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/404.html", "/assets/abc123/missing.css"})
  void whatIsNotThereIsSaidByAPage(String uri) {
    assertThat(new String(get(uri, Map.of()).body(), StandardCharsets.UTF_8)).contains("not here");
  }

  @Test
  void isHealthy() {
    assertThat(new String(get("/health", Map.of()).body(), StandardCharsets.UTF_8))
        .isEqualTo("ok\n");
  }

  @Test
  void knowsTheHeadersOfTheRequest() {
    assertThat(get("/", Map.of("x-forwarded-proto", "https")).headers())
        .containsEntry("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  }

  @Test
  void sendsNothingThatTheBrowserHas() {
    String tag = get("/", Map.of()).headers().get("ETag");
    PageReply again = get("/", Map.of("if-none-match", tag));
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.headers()).containsEntry("Cache-Control", "no-cache");
  }

  @Test
  void compressesForThoseWhoCanReadIt() throws IOException {
    PageReply plain = get("/assets/abc123/page.css", Map.of());
    assertThat(plain.headers()).containsEntry("Vary", "Accept-Encoding");
    assertThat(plain.body()).hasSize(STYLE.length());
    PageReply packed = get("/assets/abc123/page.css", Map.of("accept-encoding", "br, gzip"));
    assertThat(packed.headers()).containsEntry("Content-Encoding", "gzip");
    assertThat(packed.body().length).isLessThan(STYLE.length() / 2);
    try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
      assertThat(new String(unpacked.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(STYLE);
    }
  }

  @Test
  void takesNoOtherMethod() {
    assertThat(site.answer(new PageRequest("POST", "/", "/", Map.of())).status()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http {", "http { gzip on }", "}", "a \"b;", "{ }"})
  void refusesWhatNginxWouldRefuse(String text) {
    assertThatThrownBy(() -> ConfParser.parse(text))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 1");
  }

  private PageReply get(String uri, Map<String, String> headers) {
    return site.answer(new PageRequest("GET", uri, uri.replaceFirst("\\?.*", ""), headers));
  }
}
