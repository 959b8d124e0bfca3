package dev.voting.operator.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BlueprintTest {

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
  void aChangedPasswordRollsThePodsThatReadIt() {
    var before = checksums(draw("spec: {}", "one"));
    var after = checksums(draw("spec: {}", "two"));
    assertThat(after.get("frontend")).isEqualTo(before.get("frontend"));
    for (var reader : new String[] {"postgres", "redis", "api"}) {
      assertThat(after.get(reader)).as(reader).isNotEqualTo(before.get(reader));
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
        .forEach(secret -> secrets.put(secret.getMetadata().getNamespace(), secret.getData()));
    assertThat(secrets).containsOnlyKeys("voting-api", "voting-consumer", "voting-data");
    assertThat(secrets.get("voting-data"))
        .containsOnlyKeys("POSTGRES_USER", "POSTGRES_PASSWORD", "REDIS_PASSWORD");
    assertThat(secrets.get("voting-api")).containsOnlyKeys("DATABASE_URL", "REDIS_URL");
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
    assertThat(decoded(secret, "DATABASE_URL"))
        .isEqualTo(
            "postgresql://voting:p%40ss%2Fw%3Ard%20%C3%BC@postgres.voting-data.svc:5432/votes");
  }

  @Test
  void onlyDataSurvivesTheVotingApp() {
    var retained = unowned("spec: {}");
    var deleted = unowned("spec: {deletionPolicy: Delete}");
    assertThat(retained)
        .containsExactlyInAnyOrder("Namespace/voting-data", "Secret/voting-secrets");
    assertThat(deleted).isEmpty();
  }

  private static java.util.List<String> unowned(String spec) {
    return draw(spec)
        .objects()
        .filter(object -> object.getMetadata().getOwnerReferences().isEmpty())
        .map(object -> object.getKind() + "/" + object.getMetadata().getName())
        .toList();
  }

  private static String decoded(Secret secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
  }

  private static Blueprint draw(String spec) {
    return draw(spec, "password");
  }

  private static Blueprint draw(String spec, String password) {
    var app =
        Serialization.unmarshal(
            "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {name: voting, uid: u1}\n"
                + spec,
            VotingApp.class);
    return Blueprint.of(
        app,
        new Credentials.Managed(password, password, Optional.empty(), Optional.empty()),
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
