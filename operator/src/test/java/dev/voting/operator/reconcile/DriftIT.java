package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Kinds;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.OwnedFields;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What people do to the operator's objects by hand: what is its own it puts back, and no more.
 *
 * <p>Where objects are changed one by one, a build does so to every other one of each kind that has
 * several: the even ones or the odd ones, which it prints, and {@code -Ddrift=0} or {@code 1}
 * repeats. By {@code -Ddrift=all} it does so to all.
 */
class DriftIT extends ClusterTests {

  private static final String TRIED =
      System.getProperty("drift", Integer.toString(ThreadLocalRandom.current().nextInt(2)));

  /** A VotingApp with objects of every kind. */
  private static final String EVERY_KIND =
      "{frontend: {replicas: 2}, api: {autoscaling: {minReplicas: 2, maxReplicas: 3}}}";

  /** An edit of each kind that would do harm. */
  private static final Map<String, String> EDITS =
      Map.ofEntries(
          Map.entry("Namespace", labels("pod-security.kubernetes.io/enforce", "\"privileged\"")),
          Map.entry("Secret", "{\"data\":{\"REDIS_URL\":\"eA==\"}}"),
          Map.entry("ConfigMap", "{\"data\":{\"redis.conf\":\"\",\"10-tables.sql\":\"\"}}"),
          Map.entry("ServiceAccount", "{\"automountServiceAccountToken\":true}"),
          Map.entry("Service", spec("\"selector\":{\"app.kubernetes.io/component\":\"x\"}")),
          Map.entry("StatefulSet", spec("\"replicas\":0")),
          Map.entry("Deployment", template("\"serviceAccountName\":\"default\"")),
          Map.entry("Job", spec("\"suspend\":true,\"parallelism\":3")),
          Map.entry("HorizontalPodAutoscaler", spec("\"maxReplicas\":50")),
          Map.entry("PodDisruptionBudget", spec("\"maxUnavailable\":\"100%\"")),
          Map.entry("NetworkPolicy", spec("\"policyTypes\":[\"Ingress\"]")),
          Map.entry("Ingress", spec("\"ingressClassName\":\"other\"")));

  @Test
  void whatSomebodyDeletesIsPutBack() {
    var subject = ready(EVERY_KIND);
    var blueprint = subject.blueprint();
    assertHasEveryKind(blueprint);
    tried(blueprint.objects().filter(object -> !(object instanceof Namespace)))
        .forEach(
            object -> {
              var uid = client.resource(object).get().getMetadata().getUid();
              client.resource(object).delete();
              await(ObjectKey.of(object) + " is put back")
                  .atMost(Subjects.SOON)
                  .pollInterval(Duration.ofMillis(50))
                  .untilAsserted(
                      () ->
                          assertThat(client.resource(object).get())
                              .isNotNull()
                              .extracting(again -> again.getMetadata().getUid())
                              .isNotEqualTo(uid));
            });
    assertThat(subject.decoded(subject.names.dataNamespace()))
        .containsKeys(Names.POSTGRES_PASSWORD, Names.REDIS_PASSWORD);
  }

  @Test
  void aDeletedNamespaceIsReCreatedWithAllThatWasInIt() {
    assumeThat(cluster.collectsGarbage()).isTrue();
    var subject = ready("{}");
    var namespace = client.namespaces().withName(subject.names.frontendNamespace());
    var uid = namespace.get().getMetadata().getUid();
    namespace.delete();
    await("another namespace")
        .atMost(Duration.ofSeconds(90))
        .until(
            () -> {
              // Read once: between two reads the old one may be gone.
              var now = namespace.get();
              return now != null && !now.getMetadata().getUid().equals(uid);
            });
    subject.awaitReady();
  }

  /** All is ready again, and nobody would see that it is empty. */
  @Test
  void dataThatWentWithTheirNamespaceAreReported() {
    assumeThat(cluster.collectsGarbage()).isTrue();
    var subject = ready("{}");
    var namespace = client.namespaces().withName(subject.names.dataNamespace());
    var created = Instant.parse(namespace.get().getMetadata().getCreationTimestamp());
    // Kubernetes' times are whole seconds.
    await().atMost(Subjects.SOON).until(() -> Instant.now().isAfter(created.plusSeconds(2)));
    namespace.delete();
    await("another namespace")
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(
            () ->
                assertThat(namespace.get())
                    .isNotNull()
                    .extracting(now -> Instant.parse(now.getMetadata().getCreationTimestamp()))
                    .matches(now -> now.isAfter(created)));
    subject.awaitCondition("DataPresent", "False", "DataLost");
    subject.awaitReady();
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains(subject.names.dataNamespace(), "new, empty storage");
    assertThat(losses(subject)).hasSize(1);

    operator.close();
    operator = start();
    subject.apply("{api: {replicas: 2}}");
    subject.awaitReady();
    assertThat(subject.condition("Ready").orElseThrow().getReason()).isEqualTo("DataLost");
    assertThat(losses(subject)).hasSize(1);
  }

  private static List<String> losses(Subjects subject) {
    return events(subject).stream()
        .filter(event -> event.startsWith("DataLost: DataPresent is False: namespace "))
        .toList();
  }

  @Test
  void whatSomebodyEditsIsPutBack() {
    var subject = ready(EVERY_KIND);
    var blueprint = subject.blueprint();
    assertHasEveryKind(blueprint);
    // A change of the credentials' own store is a change of the credentials.
    var editable =
        blueprint
            .objects()
            .filter(
                object ->
                    !(object instanceof Secret)
                        || !object
                            .getMetadata()
                            .getNamespace()
                            .equals(subject.names.dataNamespace()));
    tried(editable).forEach(object -> assertPutBack(object, EDITS.get(object.getKind())));
  }

  @Test
  void whatSomebodyHidesFromTheOperatorIsPutBack() {
    var subject = ready(EVERY_KIND);
    var other = ready("{}");
    var before = other.versions().keySet();
    var owned = owned(subject);
    for (var label :
        List.of(
            labels(Names.MANAGED_BY, "null"),
            labels(Names.INSTANCE, "null"),
            labels(Names.INSTANCE, '"' + other.name + '"'),
            labels("app.kubernetes.io/part-of", "\"mine\""))) {
      // All at once, as by a script.
      subject.blueprint().objects().forEach(object -> merge(object, label));
      await(label + " is put back everywhere")
          .atMost(Subjects.SOON)
          .untilAsserted(() -> assertThat(owned(subject)).isEqualTo(owned));
    }
    assertThat(other.versions().keySet()).isEqualTo(before);
  }

  @Test
  void whatOthersOwnIsLeftAlone() {
    var subject = ready("{api: {autoscaling: {minReplicas: 2, maxReplicas: 5}}}");
    var api = object(Deployment.class, subject.names.apiNamespace());
    merge(
        api,
        "{\"metadata\":{\"annotations\":{\"mesh.example.org/injected\":\"true\"}},"
            + "\"spec\":{\"replicas\":4,\"template\":{\"metadata\":{\"annotations\":{"
            + "\"kubectl.kubernetes.io/restartedAt\":\"2026-01-01T00:00:00Z\"}}}}}");
    var ingress = object(Ingress.class, subject.names.apiNamespace());
    merge(ingress, "{\"metadata\":{\"annotations\":{\"acme.example.org/done\":\"yes\"}}}");
    var service = object(Service.class, subject.names.apiNamespace());
    merge(service, "{\"metadata\":{\"labels\":{\"team\":\"blue\"}}}");
    // Something of ours changes, so that the operator applies these very objects again.
    subject.apply(
        "{api: {recordClient: false, autoscaling: {minReplicas: 2, maxReplicas: 5}}, exposure:"
            + " {host: vote.example.org}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(
                      client
                          .resource(api)
                          .get()
                          .getSpec()
                          .getTemplate()
                          .getSpec()
                          .getContainers()
                          .getFirst()
                          .getEnv())
                  .anyMatch(
                      env ->
                          env.getName().equals("RECORD_CLIENT") && env.getValue().equals("false"));
              assertThat(client.resource(ingress).get().getSpec().getRules().getFirst().getHost())
                  .isEqualTo("vote.example.org");
            });
    var now = client.resource(api).get();
    assertThat(now.getMetadata().getAnnotations())
        .containsEntry("mesh.example.org/injected", "true");
    assertThat(now.getSpec().getReplicas()).isEqualTo(4);
    assertThat(now.getSpec().getTemplate().getMetadata().getAnnotations())
        .containsKeys("kubectl.kubernetes.io/restartedAt", Names.CHECKSUM);
    assertThat(client.resource(ingress).get().getMetadata().getAnnotations())
        .containsEntry("acme.example.org/done", "yes");
    assertThat(client.resource(service).get().getMetadata().getLabels())
        .containsEntry("team", "blue");
  }

  /** Some of each kind. */
  private static List<HasMetadata> tried(Stream<HasMetadata> objects) {
    System.out.println("-Ddrift=" + TRIED);
    if (TRIED.equals("all")) {
      return objects.toList();
    }
    int first = Integer.parseInt(TRIED);
    return objects.collect(Collectors.groupingBy(HasMetadata::getKind)).values().stream()
        .flatMap(
            kind ->
                IntStream.range(0, kind.size())
                    .filter(i -> kind.size() == 1 || i % 2 == first)
                    .mapToObj(kind::get))
        .toList();
  }

  private static void assertHasEveryKind(Blueprint blueprint) {
    assertThat(blueprint.objects().map(HasMetadata::getKind).collect(Collectors.toSet()))
        .isEqualTo(Kinds.MANAGED.stream().map(HasMetadata::getKind).collect(Collectors.toSet()))
        .isEqualTo(EDITS.keySet());
  }

  private static Map<ObjectKey, Optional<String>> owned(Subjects subject) {
    return subject
        .blueprint()
        .objects()
        .collect(
            Collectors.toMap(
                ObjectKey::of, object -> OwnedFields.digest(client.resource(object).get())));
  }

  /** All that the operator owns of an object is soon as it was before an edit. */
  private static void assertPutBack(HasMetadata object, String edit) {
    var before = OwnedFields.digest(client.resource(object).get());
    assertThat(before).as("%s was applied", ObjectKey.of(object)).isPresent();
    merge(object, edit);
    await(ObjectKey.of(object) + " is put back after " + edit)
        .atMost(Subjects.SOON)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> assertThat(OwnedFields.digest(client.resource(object).get())).isEqualTo(before));
  }

  private static <T extends HasMetadata> T object(Class<T> kind, String namespace) {
    return all(kind, namespace).getFirst();
  }

  private static String labels(String name, String json) {
    return "{\"metadata\":{\"labels\":{\"%s\":%s}}}".formatted(name, json);
  }

  private static String spec(String json) {
    return "{\"spec\":{%s}}".formatted(json);
  }

  private static String template(String json) {
    return spec("\"template\":{\"spec\":{%s}}".formatted(json));
  }
}
