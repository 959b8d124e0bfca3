package dev.voting.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.crd.PollSpec;
import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.PodTemplates;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.blueprint.RestrictedProfile;
import dev.voting.operator.cluster.Kinds;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What every blueprint fulfils, whatever its spec says: valid objects, of the kinds that the
 * operator has, in the four namespaces; pods that may do no more than any others; configuration
 * that holds the directives that it should, and nothing that came from elsewhere.
 */
final class Soundness {

  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern KEY_NAME =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
  private static final Pattern LABEL_VALUE =
      Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f]");
  private static final String REDIS_CONF = "redis-config/redis.conf";
  private static final int LARGEST_ANNOTATIONS = 256 * 1024;

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  /** What stands in files and command lines when the spec says nothing else. */
  private record Plain(Map<String, String> files, Map<String, String> commands) {
    static Plain of(String spec) {
      var blueprint = Renderings.of("voting", spec);
      return new Plain(Soundness.files(blueprint), Soundness.commands(blueprint));
    }
  }

  private final Plain withoutTls = Plain.of("{}");
  private final Plain withTls = Plain.of("{tls: {enabled: true}}");

  private Plain plain(VotingApp app) {
    return app.getSpec().tls().enabled() ? withTls : withoutTls;
  }

  void check(VotingApp app) {
    var blueprint = Renderings.of(app);
    var names = new Names(app.name());
    var keys = new HashSet<String>();
    blueprint
        .objects()
        .forEach(
            object -> {
              isInPlace(object, names);
              hasValidMetadata(object);
              assertThat(
                      keys.add(
                          object.getKind()
                              + "/"
                              + object.getMetadata().getNamespace()
                              + "/"
                              + object.getMetadata().getName()))
                  .as("twice: " + object.getMetadata().getName())
                  .isTrue();
            });
    PodTemplates.of(blueprint).forEach(Soundness::isHarmless);
    onlyDirectivesMeant(app, blueprint);
    var commands = commands(blueprint);
    assertThat(commands.remove(Names.POLL))
        .isEqualTo(app.getSpec().poll() == null ? null : "[[[],[\"poll\"],null,null,null,null]]");
    assertThat(plain(app).commands()).containsAllEntriesOf(commands);
    connectionsLeadWhereTheyShould(app, blueprint);
    originsArriveAsTheyWereGiven(app, blueprint);
  }

  private static void isInPlace(HasMetadata object, Names names) {
    assertThat(Stream.concat(Kinds.MANAGED.stream(), Kinds.OPTIONAL.stream()))
        .as("kinds")
        .anyMatch(kind -> kind.isInstance(object));
    assertThat(names.namespaces())
        .contains(
            object instanceof Namespace
                ? object.getMetadata().getName()
                : object.getMetadata().getNamespace());
  }

  private static void hasValidMetadata(HasMetadata object) {
    var metadata = object.getMetadata();
    var narrow = object instanceof Namespace || object instanceof Service;
    assertThat(metadata.getName())
        .matches(narrow ? LABEL : SUBDOMAIN)
        .hasSizeLessThanOrEqualTo(narrow ? 63 : 253);
    hasValidLabels(metadata.getLabels());
    var size = 0;
    for (var annotation :
        Optional.ofNullable(metadata.getAnnotations()).orElse(Map.of()).entrySet()) {
      isKey(annotation.getKey());
      assertThat(annotation.getValue()).doesNotContainPattern(CONTROL);
      size += bytes(annotation.getKey()) + bytes(annotation.getValue());
    }
    assertThat(size).isLessThanOrEqualTo(LARGEST_ANNOTATIONS);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void hasValidLabels(Map<String, String> labels) {
    labels.forEach(
        (key, value) -> {
          isKey(key);
          assertThat(value).as(key).matches(LABEL_VALUE);
        });
  }

  private static void isKey(String key) {
    var slash = key.indexOf('/');
    if (slash >= 0) {
      assertThat(key.substring(0, slash)).matches(SUBDOMAIN).hasSizeLessThanOrEqualTo(253);
    }
    assertThat(key.substring(slash + 1)).matches(KEY_NAME).hasSizeLessThanOrEqualTo(63);
  }

  private static void isHarmless(PodTemplates pod) {
    assertThat(RestrictedProfile.violations(pod.template())).as(pod.component()).isEmpty();
    assertThat(pod.template().getSpec().getAutomountServiceAccountToken()).isFalse();
    hasValidLabels(pod.template().getMetadata().getLabels());
    for (var container : pod.template().getSpec().getContainers()) {
      assertThat(container.getImage()).doesNotContainPattern("\\s");
      var requests = container.getResources().getRequests();
      var limits = container.getResources().getLimits();
      requests.forEach(
          (name, request) -> {
            assertThat(amount(request)).isNotNegative();
            if (limits.containsKey(name)) {
              assertThat(amount(request)).isLessThanOrEqualTo(amount(limits.get(name)));
            }
          });
      container.getEnv().stream()
          .map(EnvVar::getValue)
          .filter(value -> value != null)
          .forEach(value -> assertThat(value).doesNotContainPattern(CONTROL));
    }
  }

  private static BigDecimal amount(Quantity quantity) {
    return quantity.getNumericalAmount();
  }

  /** Files are those of the jar; of redis.conf three values are the spec's, and no more. */
  private void onlyDirectivesMeant(VotingApp app, Blueprint blueprint) {
    var actual = files(blueprint);
    thePollArrivesAsItWasGiven(app, actual);
    var redis = actual.remove(REDIS_CONF);
    var files = plain(app).files();
    var expected = new TreeMap<>(files);
    expected.keySet().removeIf(file -> file.equals(REDIS_CONF) || !actual.containsKey(file));
    assertThat(actual).isEqualTo(expected);
    if (redis != null) {
      var meant = directives(files.get(REDIS_CONF));
      meant.put("maxmemory", app.getSpec().redis().maxMemory());
      meant.put("maxmemory-policy", app.getSpec().redis().maxMemoryPolicy().directive());
      meant.put("appendfsync", app.getSpec().redis().appendFsync().directive());
      assertThat(directives(redis)).isEqualTo(meant);
    }
  }

  /** The texts of a poll may be anything, in the two files that hold nothing else. */
  private static void thePollArrivesAsItWasGiven(VotingApp app, Map<String, String> files) {
    var poll = app.getSpec().poll();
    var ours = new TreeMap<>(files);
    ours.keySet()
        .removeIf(file -> !file.matches("poll(-[0-9a-f]{10})?/(poll.json|source|generation)"));
    files.keySet().removeAll(ours.keySet());
    assertThat(ours).hasSize(poll == null ? 0 : 4);
    ours.forEach(
        (file, content) -> {
          if (file.endsWith(".json")) {
            // Half a character has no form in a file.
            assertThat(SERIALIZATION.unmarshal(content, PollSpec.class))
                .isEqualTo(SERIALIZATION.unmarshal(SERIALIZATION.asJson(poll), PollSpec.class));
          } else {
            assertThat(content).isEqualTo(file.endsWith("source") ? "" : "0");
          }
        });
  }

  /** As Redis reads it: a line is a comment, or a name and its value. */
  private static Map<String, String> directives(String conf) {
    var directives = new TreeMap<String, String>();
    conf.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(line -> line.split("\\s+", 2))
        .forEach(
            parts ->
                assertThat(directives.put(parts[0], parts.length < 2 ? "" : parts[1]))
                    .as("given twice: " + parts[0])
                    .isNull());
    return directives;
  }

  private static Map<String, String> files(Blueprint blueprint) {
    var files = new TreeMap<String, String>();
    blueprint
        .objects()
        .filter(ConfigMap.class::isInstance)
        .map(ConfigMap.class::cast)
        .forEach(
            configMap ->
                configMap
                    .getData()
                    .forEach(
                        (file, content) ->
                            files.put(
                                configMap.getMetadata().getName() + "/" + file,
                                // A number that follows the replicas.
                                content.replaceAll("(CONNECTION LIMIT) [0-9]+;", "$1 n;"))));
    return files;
  }

  /** Everything that is run: commands, arguments, hooks and probes, by component. */
  private static Map<String, String> commands(Blueprint blueprint) {
    var commands = new HashMap<String, String>();
    PodTemplates.of(blueprint)
        .forEach(
            pod ->
                commands.put(
                    pod.component(),
                    SERIALIZATION
                        .asJson(
                            pod.template().getSpec().getContainers().stream()
                                .map(Soundness::run)
                                .toList())
                        // So does this, where it is not PostgreSQL's own default.
                        .replaceAll(",\"-c\",\"max_connections=[0-9]+\"", "")
                        .replace("[\"postgres\"]", "[]")));
    return commands;
  }

  private static List<Object> run(Container container) {
    var run = new ArrayList<Object>();
    run.add(container.getCommand());
    run.add(container.getArgs());
    run.add(container.getLifecycle());
    run.add(container.getStartupProbe());
    run.add(container.getReadinessProbe());
    run.add(container.getLivenessProbe());
    return run;
  }

  private static void connectionsLeadWhereTheyShould(VotingApp app, Blueprint blueprint) {
    if (!app.getSpec().secrets().create() || app.getSpec().postgres().external() != null) {
      return;
    }
    blueprint
        .objects()
        .filter(Secret.class::isInstance)
        .map(Secret.class::cast)
        .map(secret -> secret.getData().get(Names.DATABASE_URL))
        .filter(url -> url != null)
        .map(url -> new String(Base64.getDecoder().decode(url), StandardCharsets.UTF_8))
        .forEach(
            url -> {
              var uri = URI.create(url);
              assertThat(uri.getHost()).isEqualTo("postgres." + app.name() + "-data.svc");
              assertThat(uri.getUserInfo()).doesNotContain("@").matches("[a-z_0-9]+:[^:]+");
            });
  }

  private static void originsArriveAsTheyWereGiven(VotingApp app, Blueprint blueprint) {
    var origins = app.getSpec().api().corsOrigins();
    PodTemplates.of(blueprint)
        .filter(pod -> pod.component().equals(Names.API))
        .flatMap(pod -> pod.template().getSpec().getContainers().getFirst().getEnv().stream())
        .filter(env -> env.getName().equals("CORS_ORIGINS"))
        .forEach(
            env -> {
              var given = env.getValue().isEmpty() ? List.of() : List.of(env.getValue().split(","));
              assertThat(given).isEqualTo(origins);
            });
    // The API ends at its start over an origin that is none.
    for (var origin : origins) {
      if (!origin.equals("*")) {
        var uri = URI.create(origin);
        assertThat(uri.getHost()).as(origin).isNotNull();
        assertThat(
                uri.getScheme()
                    + "://"
                    + uri.getHost()
                    + (uri.getPort() < 0 ? "" : ":" + uri.getPort()))
            .isEqualTo(origin);
      }
    }
  }

  static JsonNode json(HasMetadata object) {
    return SERIALIZATION.convertValue(object, JsonNode.class);
  }
}
