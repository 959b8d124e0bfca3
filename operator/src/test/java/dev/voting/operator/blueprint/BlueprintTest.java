package dev.voting.operator.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.components.BlueprintRenderer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlueprintTest {
  private static final List<String> PASSWORDS =
      List.of(
          "owner-password",
          "admin-password",
          "postgres-api-password",
          "redis-api-password",
          "postgres-consumer-password",
          "redis-consumer-password");

  @Test
  void theSameSpecGivesTheSameObjects() {
    assertThat(yaml(draw("spec: {}"))).isEqualTo(yaml(draw("spec: {}")));
  }

  @Test
  void everyPodIsRestricted() {
    var templates = templates(draw("spec: {}"));
    assertThat(templates).hasSize(5);
    templates.forEach(
        (name, template) -> {
          var pod = template.getSpec();
          assertThat(pod.getAutomountServiceAccountToken()).as(name).isFalse();
          assertThat(pod.getSecurityContext().getRunAsNonRoot()).as(name).isTrue();
          assertThat(pod.getSecurityContext().getRunAsUser()).as(name).isPositive();
          assertThat(pod.getSecurityContext().getSeccompProfile().getType())
              .as(name)
              .isEqualTo("RuntimeDefault");
          assertThat(pod.getHostNetwork()).as(name).isNull();
          for (var container : pod.getContainers()) {
            var security = container.getSecurityContext();
            assertThat(security.getAllowPrivilegeEscalation()).as(name).isFalse();
            assertThat(security.getReadOnlyRootFilesystem()).as(name).isTrue();
            assertThat(security.getCapabilities().getDrop()).as(name).containsExactly("ALL");
            assertThat(container.getResources().getLimits()).as(name).containsKeys("cpu", "memory");
          }
        });
  }

  @Test
  void aChangedConfigurationRollsThePodsThatReadIt() {
    var before = checksums(draw("spec: {}"));
    var after = checksums(draw("spec: {redis: {maxMemory: 100mb}}"));
    assertThat(after.get("redis")).isNotEqualTo(before.get("redis"));
    before.remove("redis");
    after.remove("redis");
    assertThat(after).isEqualTo(before);
  }

  @Test
  void aChangedPasswordRollsTheClientsAndNoServer() {
    var before = checksums(draw("spec: {}", "one"));
    var after = checksums(draw("spec: {}", "two"));
    assertThat(after.get("frontend")).isEqualTo(before.get("frontend"));
    for (var client : new String[] {"api", "consumer"}) {
      assertThat(after.get(client)).as(client).isNotEqualTo(before.get(client));
    }
    // The servers take a changed Secret over as they run.
    for (var server : new String[] {"postgres", "redis"}) {
      assertThat(after.get(server)).as(server).isEqualTo(before.get(server));
    }
  }

  @Test
  void aChangedTemplateGivesTheConsumerJobAnotherName() {
    var before = job(draw("spec: {}"));
    var image = job(draw("spec: {consumer: {image: 'example.org/consumer:2'}}"));
    var parallelism = job(draw("spec: {consumer: {replicas: 3}}"));
    assertThat(image.getMetadata().getName()).isNotEqualTo(before.getMetadata().getName());
    // What a Job can change in place does not make another.
    assertThat(parallelism.getMetadata().getName()).isEqualTo(before.getMetadata().getName());
    assertThat(parallelism.getSpec().getParallelism()).isEqualTo(3);
  }

  @Test
  void eachNamespaceHoldsOnlyItsOwnCredentials() {
    var secrets = new TreeMap<String, Map<String, String>>();
    draw("spec: {}")
        .objects()
        .filter(Secret.class::isInstance)
        .map(Secret.class::cast)
        .forEach(secret -> secrets.put(secret.getMetadata().getNamespace(), decoded(secret)));
    assertThat(secrets).containsOnlyKeys("voting-api", "voting-consumer", "voting-data");
    assertThat(secrets.get("voting-data"))
        .containsOnly(
            Map.entry("LOGINS_IN_USE", "A"),
            Map.entry("ROTATION", ""),
            Map.entry("POSTGRES_USER", "voting"),
            Map.entry("POSTGRES_PASSWORD", "owner-password"),
            Map.entry("POSTGRES_API_PASSWORD", "postgres-api-password"),
            Map.entry("POSTGRES_CONSUMER_PASSWORD", "postgres-consumer-password"),
            Map.entry("REDIS_PASSWORD", "admin-password"),
            Map.entry("REDIS_API_PASSWORD", "redis-api-password"),
            Map.entry("REDIS_CONSUMER_PASSWORD", "redis-consumer-password"));
    assertThat(secrets.get("voting-api"))
        .containsOnly(
            Map.entry(
                "DATABASE_URL",
                "postgresql://voting_api:postgres-api-password@postgres.voting-data.svc:5432/votes"),
            Map.entry("REDIS_URL", "redis://api:redis-api-password@redis.voting-data.svc:6379"));
    assertThat(secrets.get("voting-consumer"))
        .containsOnly(
            Map.entry(
                "DATABASE_URL",
                "postgresql://voting_consumer:postgres-consumer-password@postgres.voting-data.svc:5432/votes"),
            Map.entry(
                "REDIS_URL",
                "redis://consumer:redis-consumer-password@redis.voting-data.svc:6379"));
  }

  /** Over everything that is made, wherever a password might have slipped in. */
  @Test
  void noPasswordIsKnownOutsideOfItsNamespace() {
    var whereabouts = new TreeMap<String, Set<String>>();
    draw("spec: {}")
        .objects()
        .forEach(
            object -> {
              var text =
                  object instanceof Secret secret
                      ? decoded(secret).toString()
                      : Serialization.asYaml(object);
              for (var password : PASSWORDS) {
                if (text.contains(password)) {
                  whereabouts
                      .computeIfAbsent(password, _ -> new TreeSet<>())
                      .add(object.getKind() + " in " + object.getMetadata().getNamespace());
                }
              }
            });
    assertThat(whereabouts)
        .containsOnly(
            Map.entry("owner-password", Set.of("Secret in voting-data")),
            Map.entry("admin-password", Set.of("Secret in voting-data")),
            Map.entry(
                "postgres-api-password", Set.of("Secret in voting-data", "Secret in voting-api")),
            Map.entry(
                "redis-api-password", Set.of("Secret in voting-data", "Secret in voting-api")),
            Map.entry(
                "postgres-consumer-password",
                Set.of("Secret in voting-data", "Secret in voting-consumer")),
            Map.entry(
                "redis-consumer-password",
                Set.of("Secret in voting-data", "Secret in voting-consumer")));
  }

  /**
   * A pod gets nothing of a Secret but its own namespace's, and a client only what it connects by.
   */
  @Test
  void podsReadNoOtherSecret() {
    templates(draw("spec: {}"))
        .forEach(
            (name, template) -> {
              var keys =
                  template.getSpec().getContainers().stream()
                      .flatMap(container -> container.getEnv().stream())
                      .map(variable -> variable.getValueFrom())
                      .filter(source -> source != null && source.getSecretKeyRef() != null)
                      .map(source -> source.getSecretKeyRef())
                      .toList();
              var volumes =
                  template.getSpec().getVolumes().stream()
                      .filter(volume -> volume.getSecret() != null)
                      .map(volume -> volume.getSecret().getSecretName())
                      .toList();
              switch (name) {
                case "postgres", "redis" -> assertThat(volumes).containsExactly(Names.CREDENTIALS);
                case "frontend" -> {
                  assertThat(keys).isEmpty();
                  assertThat(volumes).isEmpty();
                }
                default -> {
                  assertThat(keys)
                      .extracting(key -> key.getKey())
                      .containsExactlyInAnyOrder(Names.DATABASE_URL, Names.REDIS_URL);
                  assertThat(volumes).isEmpty();
                }
              }
              assertThat(keys).allMatch(key -> key.getName().equals(Names.CREDENTIALS));
            });
  }

  @Test
  void anOddPasswordIsEncodedInTheUrl() {
    var secret =
        (Secret)
            draw("spec: {}", "p@ss/w:rd ü")
                .objects()
                .filter(Secret.class::isInstance)
                .filter(object -> object.getMetadata().getNamespace().equals("voting-api"))
                .findFirst()
                .orElseThrow();
    assertThat(decoded(secret).get("DATABASE_URL"))
        .isEqualTo(
            "postgresql://voting_api:p%40ss%2Fw%3Ard%20%C3%BC@postgres.voting-data.svc:5432/votes");
  }

  @Test
  void onlyDataSurvivesTheVotingApp() {
    var retained = unowned("spec: {}");
    var deleted = unowned("spec: {deletionPolicy: Delete}");
    assertThat(retained)
        .containsExactlyInAnyOrder("Namespace/voting-data", "Secret/voting-secrets");
    assertThat(deleted).isEmpty();
  }

  @Test
  void whatSurvivesSaysSoToWhoeverPrunes() {
    draw("spec: {}")
        .objects()
        .filter(object -> object.getMetadata().getOwnerReferences().isEmpty())
        .forEach(
            object ->
                assertThat(object.getMetadata().getAnnotations())
                    .as(object.getKind())
                    .containsEntry("argocd.argoproj.io/sync-options", "Prune=false,Delete=false")
                    .containsEntry("argocd.argoproj.io/compare-options", "IgnoreExtraneous")
                    .containsEntry("kustomize.toolkit.fluxcd.io/prune", "disabled")
                    .containsEntry("helm.sh/resource-policy", "keep"));
    assertThat(yaml(draw("spec: {deletionPolicy: Delete}")))
        .doesNotContain("argocd.argoproj.io", "helm.sh");
  }

  @ParameterizedTest
  @CsvSource({
    "postgres, Always",
    "registry.example.org:5000/postgres, Always",
    "registry.example.org:5000/postgres:latest, Always",
    "registry.example.org:5000/postgres:15, IfNotPresent",
    "postgres:15-alpine, IfNotPresent",
    "postgres:latest@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,"
        + " IfNotPresent"
  })
  void everyContainerSaysWhenItsImageIsPulled(String image, String policy) {
    var containers =
        templates(draw("spec: {postgres: {image: '%s'}}".formatted(image)))
            .get("postgres")
            .getSpec()
            .getContainers();
    assertThat(containers).extracting(Container::getImagePullPolicy).containsOnly(policy);
    assertThat(templates(draw("spec: {}")).values())
        .flatExtracting(template -> template.getSpec().getContainers())
        .extracting(Container::getImagePullPolicy)
        .containsOnly("IfNotPresent");
  }

  @Test
  void aClaimOfNoClassAsksForNone() {
    assertThat(yaml(draw("spec: {postgres: {storage: {storageClassName: ''}}}")))
        .containsOnlyOnce("storageClassName: \"\"");
  }

  private static List<String> unowned(String spec) {
    return draw(spec)
        .objects()
        .filter(object -> object.getMetadata().getOwnerReferences().isEmpty())
        .map(object -> object.getKind() + "/" + object.getMetadata().getName())
        .toList();
  }

  private static Map<String, String> decoded(Secret secret) {
    var decoded = new TreeMap<String, String>();
    secret
        .getData()
        .forEach(
            (key, value) ->
                decoded.put(
                    key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    return decoded;
  }

  private static Blueprint draw(String spec) {
    return draw(
        spec,
        "owner-password",
        "admin-password",
        new Logins(
            Logins.Slot.A,
            new Logins.Passwords("postgres-api-password", "redis-api-password"),
            new Logins.Passwords("postgres-consumer-password", "redis-consumer-password")));
  }

  private static Blueprint draw(String spec, String password) {
    var passwords = new Logins.Passwords(password, password);
    return draw(spec, password, password, new Logins(Logins.Slot.A, passwords, passwords));
  }

  private static Blueprint draw(String spec, String owner, String admin, Logins logins) {
    var app =
        Serialization.unmarshal(
            "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {name: voting, uid: u1}\n"
                + spec,
            VotingApp.class);
    return BlueprintRenderer.render(
        app,
        new Credentials.Managed(
            "voting",
            owner,
            admin,
            logins,
            Optional.empty(),
            "",
            Optional.empty(),
            Optional.empty()),
        new Certificates.None(),
        new Images("0.0.0"));
  }

  private static String yaml(Blueprint blueprint) {
    return Serialization.asYaml(blueprint.objects().toList());
  }

  private static Job job(Blueprint blueprint) {
    return blueprint
        .objects()
        .filter(Job.class::isInstance)
        .map(Job.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, String> checksums(Blueprint blueprint) {
    var checksums = new TreeMap<String, String>();
    templates(blueprint)
        .forEach(
            (name, template) ->
                checksums.put(
                    name.startsWith("consumer") ? "consumer" : name,
                    template.getMetadata().getAnnotations().get(Names.CHECKSUM)));
    return checksums;
  }

  private static Map<String, PodTemplateSpec> templates(Blueprint blueprint) {
    var templates = new TreeMap<String, PodTemplateSpec>();
    blueprint
        .objects()
        .forEach(
            object ->
                template(object).ifPresent(t -> templates.put(object.getMetadata().getName(), t)));
    return templates;
  }

  private static Optional<PodTemplateSpec> template(HasMetadata object) {
    return switch (object) {
      case Deployment deployment -> Optional.of(deployment.getSpec().getTemplate());
      case StatefulSet set -> Optional.of(set.getSpec().getTemplate());
      case Job job -> Optional.of(job.getSpec().getTemplate());
      default -> Optional.empty();
    };
  }
}
