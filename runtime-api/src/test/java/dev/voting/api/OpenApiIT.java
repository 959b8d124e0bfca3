package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import dev.voting.api.TestServers.Servers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The OpenAPI document says what the service really answers, and leaves nothing out. */
@ExtendWith(TestServers.class)
class OpenApiIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Servers servers;

  OpenApiIT(Servers servers) {
    this.servers = servers;
  }

  /** A request, and the route and status that its answer must be described under. */
  private record Example(
      String method, String path, String body, String route, int status, String... headers) {}

  @Test
  void everyAnswerIsAsTheDocumentSays() throws Exception {
    try (TestApi api =
            TestApi.start(
                servers.redis().url(),
                servers.newDatabase(),
                "RATE_LIMIT_REQUESTS_PER_SECOND",
                "0.01",
                "RATE_LIMIT_BURST",
                "8");
        TestApi alone =
            TestApi.start(
                "redis://127.0.0.1:1", "postgresql://x:x@127.0.0.1:1/votes", "MAX_STREAMS", "0")) {
      await().atMost(Duration.ofSeconds(10)).until(() -> api.get("/ready").statusCode() == 200);
      JsonNode document = JSON.readTree(api.get("/openapi.json").body());
      assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");

      String vote = "{\"option\":\"cats\"}";
      List<String> seen = new ArrayList<>();
      for (Example example :
          List.of(
              new Example("POST", "/api/vote", vote, "/api/vote", 201),
              new Example("POST", "/api/vote", "{", "/api/vote", 400),
              new Example("POST", "/api/vote", "x".repeat(1 << 20) + "x", "/api/vote", 413),
              new Example("POST", "/api/vote", null, "/api/vote", 415),
              new Example("POST", "/api/vote", "{\"option\":1}", "/api/vote", 422),
              new Example("GET", "/api/results", null, "/api/results", 200),
              new Example("GET", "/health", null, "/health", 200),
              new Example("GET", "/ready", null, "/ready", 200),
              new Example("GET", "/metrics", null, "/metrics", 200),
              new Example("GET", "/openapi.json", null, "/openapi.json", 200))) {
        seen.add(check(document, api, example));
      }
      for (int i = 0; i < 8; i++) {
        api.get("/api/results");
      }
      seen.add(check(document, api, new Example("POST", "/api/vote", vote, "/api/vote", 429)));
      seen.add(check(document, api, new Example("GET", "/api/results", null, "/api/results", 429)));
      seen.add(
          check(
              document,
              api,
              new Example("GET", "/api/results/stream", null, "/api/results/stream", 429)));
      seen.add(check(document, alone, new Example("POST", "/api/vote", vote, "/api/vote", 503)));
      seen.add(
          check(document, alone, new Example("GET", "/api/results", null, "/api/results", 503)));
      seen.add(check(document, alone, new Example("GET", "/ready", null, "/ready", 503)));
      seen.add(
          check(
              document,
              alone,
              new Example("GET", "/api/results/stream", null, "/api/results/stream", 503)));
      // The only endless answer; the stream has its own tests.
      seen.add("get /api/results/stream 200");

      assertThat(new TreeSet<>(seen)).isEqualTo(described(document));
    }
  }

  @Test
  void ofAPollToo(@TempDir Path folder) throws Exception {
    String[] poll = TestPoll.of("pizza", "soup").environment(folder);
    try (TestApi api = TestApi.start(servers.redis().url(), servers.newDatabase(), poll);
        TestApi alone =
            TestApi.start(
                "redis://127.0.0.1:1",
                "postgresql://x:x@127.0.0.1:1/votes",
                with(poll, "MAX_STREAMS", "0", "POLL_FILE", folder.resolve("none").toString()));
        TestApi limited =
            TestApi.start(
                servers.redis().url(),
                "postgresql://x:x@127.0.0.1:1/votes",
                with(poll, "RATE_LIMIT_REQUESTS_PER_SECOND", "0.01", "RATE_LIMIT_BURST", "1"))) {
      await().atMost(Duration.ofSeconds(10)).until(() -> api.get("/ready").statusCode() == 200);
      JsonNode document = JSON.readTree(api.get("/openapi.json").body());
      String vote = "{\"option\":\"soup\"}";
      List<String> seen = new ArrayList<>();
      for (Example example :
          List.of(
              new Example("POST", "/api/vote", vote, "/api/vote", 201),
              new Example("POST", "/api/vote", "{", "/api/vote", 400),
              new Example("POST", "/api/vote", "x".repeat(1 << 20) + "x", "/api/vote", 413),
              new Example("POST", "/api/vote", null, "/api/vote", 415),
              new Example("POST", "/api/vote", "{\"option\":\"cats\"}", "/api/vote", 422),
              new Example("POST", "/api/vote", vote, "/api/vote", 409, "Poll-Round", "2"),
              new Example("GET", "/api/poll", null, "/api/poll", 200),
              new Example("GET", "/api/results", null, "/api/results", 200),
              new Example("GET", "/api/results?round=1", null, "/api/results", 200),
              new Example("GET", "/api/results?round=A", null, "/api/results", 400),
              new Example("GET", "/api/results?round=2", null, "/api/results", 404),
              new Example("GET", "/api/results.csv", null, "/api/results.csv", 200),
              new Example("GET", "/api/results.csv?round=", null, "/api/results.csv", 400),
              new Example("GET", "/api/results.csv?round=2", null, "/api/results.csv", 404),
              new Example("GET", "/health", null, "/health", 200),
              new Example("GET", "/ready", null, "/ready", 200),
              new Example("GET", "/metrics", null, "/metrics", 200),
              new Example("GET", "/openapi.json", null, "/openapi.json", 200))) {
        seen.add(check(document, api, example));
      }
      TestPoll.of("pizza", "soup").round("2").perToken(1).inForce(api, 2, 1);
      await().until(() -> api.get("/api/poll").body().contains("Token"));
      seen.add(check(document, api, new Example("POST", "/api/vote", vote, "/api/vote", 401)));
      TestPoll.of("pizza", "soup").round("3").perBrowser(false).inForce(api, 3, 1);
      await().until(() -> api.get("/api/poll").body().contains("Browser"));
      seen.add(check(document, api, new Example("POST", "/api/vote", vote, "/api/vote", 202)));

      limited.get("/api/poll");
      for (String path :
          List.of("/api/poll", "/api/results", "/api/results.csv", "/api/results/stream")) {
        seen.add(check(document, limited, new Example("GET", path, null, path, 429)));
        seen.add(check(document, alone, new Example("GET", path, null, path, 503)));
      }
      seen.add(check(document, limited, new Example("POST", "/api/vote", vote, "/api/vote", 429)));
      seen.add(check(document, alone, new Example("POST", "/api/vote", vote, "/api/vote", 503)));
      seen.add(check(document, alone, new Example("GET", "/ready", null, "/ready", 503)));
      seen.add("get /api/results/stream 200");

      assertThat(new TreeSet<>(seen)).isEqualTo(described(document));
    }
  }

  private static String[] with(String[] environment, String... more) {
    return Stream.concat(Stream.of(environment), Stream.of(more)).toArray(String[]::new);
  }

  private static String check(JsonNode document, TestApi api, Example example) throws Exception {
    HttpResponse<String> response =
        api.send(example.method(), example.path(), example.body(), example.headers());
    assertThat(response.statusCode()).as("%s", response.body()).isEqualTo(example.status());
    String method = example.method().toLowerCase(java.util.Locale.ROOT);
    JsonNode description =
        resolve(
            document,
            document
                .path("paths")
                .path(example.route())
                .path(method)
                .path("responses")
                .path(Integer.toString(example.status())));
    assertThat(description.isMissingNode()).as("%s is described", example).isFalse();

    String type = TestApi.header(response, "Content-Type").orElseThrow().replaceAll(";.*", "");
    JsonNode schema = description.path("content").path(type).path("schema");
    assertThat(schema.isMissingNode()).as("%s of %s is described", type, example).isFalse();
    JsonNode body =
        type.endsWith("json") ? JSON.readTree(response.body()) : JSON.valueToTree(response.body());
    assertThat(schema(document, schema).validate(body)).as("%s", response.body()).isEmpty();

    for (Map.Entry<String, JsonNode> header : description.path("headers").properties()) {
      List<String> values = response.headers().allValues(header.getKey());
      JsonNode described = resolve(document, header.getValue());
      if (described.path("required").asBoolean()) {
        assertThat(values).as(header.getKey()).isNotEmpty();
      }
      for (String value : values) {
        JsonSchema of = schema(document, described.path("schema"));
        assertThat(of.validate(JSON.valueToTree(value))).as(header.getKey()).isEmpty();
      }
    }
    return method + " " + example.route() + " " + example.status();
  }

  private static TreeSet<String> described(JsonNode document) {
    TreeSet<String> all = new TreeSet<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method ->
                            method
                                .getValue()
                                .path("responses")
                                .fieldNames()
                                .forEachRemaining(
                                    status ->
                                        all.add(
                                            method.getKey()
                                                + " "
                                                + path.getKey()
                                                + " "
                                                + status))));
    return all;
  }

  private static JsonNode resolve(JsonNode document, JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
  }

  /** The schema with the document's components beside it, so that references find them. */
  private static JsonSchema schema(JsonNode document, JsonNode schema) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", document.path("components"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(whole, SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
  }
}
