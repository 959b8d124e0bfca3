package dev.voting.operator.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.components.BlueprintRenderer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares every object of a blueprint, whole, with YAML that a person can read and has read. After
 * a wanted change: {@code mvn -pl operator -am test -Dgolden.write}, and read the difference.
 */
class BlueprintGoldenTest {

  /** Files that the spec has a say in. */
  private static final Set<String> SHOWN =
      Set.of("redis.conf", "ca.crt", "poll.json", "source", "generation");

  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  private static final Logins LOGINS =
      new Logins(
          Logins.Slot.A,
          new Logins.Passwords("postgres-api-password", "redis-api-password"),
          new Logins.Passwords("postgres-consumer-password", "redis-consumer-password"));

  @ParameterizedTest
  @ValueSource(strings = {"default", "everything", "gateway", "tls", "tls-by-cert-manager", "poll"})
  void everyObjectIsAsItWasRead(String example) throws IOException {
    var app =
        Serialization.unmarshal(
            Files.readString(GOLDEN.resolve(example).resolve("votingapp.yaml")), VotingApp.class);
    var external =
        Optional.of("postgresql://votes:p%40ss@votes-rw.databases:5432/votes")
            .filter(_ -> app.getSpec().postgres().external() != null);
    var credentials =
        new Credentials.Managed(
            "voting",
            "postgres-password",
            "redis-password",
            LOGINS,
            Optional.empty(),
            "",
            external,
            Optional.empty(),
            Optional.ofNullable(app.getSpec().poll()).map(_ -> "ballot-key"));

    var actual =
        byComponent(
            BlueprintRenderer.render(
                app, credentials, Certificates.masked(app), new Images("0.0.0")));

    if (System.getProperty("golden.write") != null) {
      write(GOLDEN.resolve(example), actual);
    }
    assertThat(actual).isEqualTo(read(GOLDEN.resolve(example)));
  }

  /** The YAML of each component's objects, by component. */
  private static Map<String, String> byComponent(Blueprint blueprint) {
    return blueprint
        .objects()
        .collect(
            Collectors.groupingBy(
                object -> object.getMetadata().getLabels().get(Names.COMPONENT),
                TreeMap::new,
                Collectors.mapping(BlueprintGoldenTest::yaml, Collectors.joining())));
  }

  /** Files of the page and of the schema stand elsewhere, and change for their own reasons. */
  private static String yaml(HasMetadata object) {
    if (object instanceof ConfigMap configMap) {
      configMap
          .getData()
          .replaceAll((file, content) -> SHOWN.contains(file) ? content : "(the file's content)");
    }
    return Serialization.asYaml(object)
        .replaceAll("(voting.dev/checksum: )\"[0-9a-f]{64}\"", "$1\"(a checksum)\"");
  }

  private static void write(Path folder, Map<String, String> files) throws IOException {
    for (var file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey() + ".yaml"), file.getValue());
    }
  }

  private static Map<String, String> read(Path folder) throws IOException {
    var files = new TreeMap<String, String>();
    try (var paths = Files.list(folder)) {
      for (var path : paths.toList()) {
        var name = path.getFileName().toString().replace(".yaml", "");
        if (!name.equals("votingapp")) {
          files.put(name, Files.readString(path));
        }
      }
    }
    return files;
  }
}
