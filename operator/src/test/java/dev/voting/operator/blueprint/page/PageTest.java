package dev.voting.operator.blueprint.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageTest {

  /** Each header and cache rule is in it as one directive. */
  @Test
  void theNginxConfHasEachRule() {
    var conf = Page.FILES.get(Page.NGINX_CONF);
    assertThat(conf).doesNotContain("${", "@CONTENT_HASH@");
    Page.HEADERS.forEach(
        (name, value) ->
            assertThat(conf).contains("add_header %s \"%s\" always;".formatted(name, value)));
    assertThat(conf)
        .contains(
            "types {\n        text/html html;\n        text/css css;\n",
            "charset_types text/css text/javascript text/plain;",
            "gzip_types text/css text/javascript application/json image/svg+xml;",
            "\"~^(200|304) /(index\\.html)?(\\?.*)?$\" \"no-cache\";",
            "[a-z-]+\\.[a-z]+$\" \"public, max-age=31536000, immutable\";");
  }

  @Test
  void onlyAddressesOfThisContentAreCachedForGood() {
    var style = "(?s).*\"(/assets/[0-9a-f]+/page.css).*";
    var address = Page.FILES.get("index.html").replaceAll(style, "$1");
    assertThat(Page.cacheControl(200, address)).isEqualTo("public, max-age=31536000, immutable");
    assertThat(Page.cacheControl(404, address)).isEqualTo("no-store");
    assertThat(Page.cacheControl(200, "/assets/0123456789ab/page.css")).isEqualTo("no-store");
    assertThat(Page.cacheControl(304, "/?from=mail")).isEqualTo("no-cache");
    assertThat(Page.cacheControl(200, "/health")).isEqualTo("no-store");
  }
}
