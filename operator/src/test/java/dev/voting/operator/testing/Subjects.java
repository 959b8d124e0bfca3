package dev.voting.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.Logins;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.components.BlueprintRenderer;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/** A VotingApp under test, by a name that nothing else on the cluster has. */
public final class Subjects {

  public static final Duration SOON = Duration.ofSeconds(30);

  /** Time for a whole system to come about, on a machine that does much else. */
  private static final Duration WHOLE = Duration.ofMinutes(5);

  private final TestCluster cluster;
  private final KubernetesClient client;
  public final String name =
      "t" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
  public final Names names = new Names(name);

  public Subjects(TestCluster cluster, KubernetesClient client) {
    this.cluster = cluster;
    this.client = client;
  }

  /** Applies a spec, as {@code kubectl apply --server-side} does. */
  public void apply(String spec) {
    client
        .resource(
            Serialization.unmarshal(
                "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {name: %s}\nspec: %s"
                    .formatted(name, spec),
                GenericKubernetesResource.class))
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("test")
                .withForce(true)
                .build());
  }

  /** A pod of the API as it is to be now, as a Deployment's controller makes it. */
  public Pod podOfTheApi() {
    var template =
        client
            .apps()
            .deployments()
            .inNamespace(names.apiNamespace())
            .withName(Names.API)
            .get()
            .getSpec()
            .getTemplate();
    return client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withGenerateName("api-of-a-test-")
                .withNamespace(names.apiNamespace())
                .withLabels(template.getMetadata().getLabels())
                .withAnnotations(template.getMetadata().getAnnotations())
                .endMetadata()
                .withSpec(template.getSpec())
                .build())
        .create();
  }

  public VotingApp app() {
    return client.resources(VotingApp.class).withName(name).get();
  }

  public Optional<Condition> condition(String type) {
    return Optional.ofNullable(app())
        .map(VotingApp::getStatus)
        .map(VotingAppStatus::conditions)
        .orElse(List.of())
        .stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst();
  }

  public void awaitCondition(String type, String status, String reason) {
    await("%s=%s, %s".formatted(type, status, reason))
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(condition(type))
                    .get()
                    .extracting(Condition::getStatus, Condition::getReason)
                    .containsExactly(status, reason));
  }

  /** What should be, by the credentials that the cluster holds. */
  public Blueprint blueprint() {
    var data = decoded(names.dataNamespace());
    var clients = decoded(names.apiNamespace());
    var spec = app().getSpec();
    return BlueprintRenderer.render(
        app(),
        new Credentials.Managed(
            data.get(Names.POSTGRES_USER),
            data.get(Names.POSTGRES_PASSWORD),
            data.get(Names.REDIS_PASSWORD),
            logins(data, inUse(data)),
            Optional.of(logins(data, inUse(data).other()))
                .filter(outgoing -> outgoing.api().redis() != null),
            data.get(Names.ROTATION),
            Optional.ofNullable(spec.postgres().external())
                .map(external -> clients.get(Names.DATABASE_URL)),
            Optional.ofNullable(spec.redis().external())
                .map(external -> clients.get(Names.REDIS_URL)),
            Optional.ofNullable(data.get(Names.BALLOT_KEY))),
        new Certificates.None(),
        Images.CURRENT);
  }

  private static Logins.Slot inUse(Map<String, String> data) {
    return Logins.Slot.valueOf(data.get(Names.LOGINS_IN_USE));
  }

  private static Logins logins(Map<String, String> data, Logins.Slot slot) {
    return new Logins(
        slot, passwords(data, slot, Names.API), passwords(data, slot, Names.CONSUMER));
  }

  private static Logins.Passwords passwords(
      Map<String, String> data, Logins.Slot slot, String component) {
    return new Logins.Passwords(
        data.get(slot.key(Names.POSTGRES, component)), data.get(slot.key(Names.REDIS, component)));
  }

  /** What the credentials of a namespace are. */
  public Map<String, String> decoded(String namespace) {
    var decoded = new TreeMap<String, String>();
    Optional.ofNullable(client.secrets().inNamespace(namespace).withName(Names.CREDENTIALS).get())
        .map(Secret::getData)
        .orElse(Map.of())
        .forEach(
            (key, value) ->
                decoded.put(
                    key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    return decoded;
  }

  /** Waits until everything is there, and says that all pods are ready. */
  public void awaitReady() {
    await("all objects of " + name)
        .atMost(WHOLE)
        .untilAsserted(
            () -> {
              assertThat(decoded(names.dataNamespace())).isNotEmpty();
              assertThat(blueprint().objects().filter(this::isMissing)).isEmpty();
            });
    await("Ready of " + name)
        .atMost(WHOLE)
        .untilAsserted(
            () -> {
              makePodsReady();
              assertThat(condition("Ready"))
                  .hasValueSatisfying(
                      ready ->
                          assertThat(ready.getStatus()).as(ready.getMessage()).isEqualTo("True"));
            });
  }

  /** Waits for all at once, for each takes its time mostly by waiting. */
  public static void awaitReady(Collection<Subjects> many) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      many.stream()
          .map(subject -> CompletableFuture.runAsync(subject::awaitReady, threads))
          .toList()
          .forEach(CompletableFuture::join);
    }
  }

  /** Whether the status speaks of the newest spec. */
  private boolean isReported() {
    var app = app();
    return app.getStatus() != null
        && app.getMetadata().getGeneration().equals(app.getStatus().observedGeneration());
  }

  public void makePodsReady() {
    blueprint()
        .objects()
        .filter(Availability::isWorkload)
        .filter(workload -> !isMissing(workload))
        .filter(workload -> !Availability.isAvailable(client.resource(workload).get()))
        // One that has declared a poll.
        .filter(workload -> !Availability.isDone(client.resource(workload).get()))
        .forEach(workload -> cluster.ready(client, workload));
  }

  /** The api's and the consumer's workloads, as they are. */
  public List<HasMetadata> users() {
    var users = new ArrayList<HasMetadata>();
    for (var namespace : List.of(names.apiNamespace(), names.consumerNamespace())) {
      users.addAll(client.apps().deployments().inNamespace(namespace).list().getItems());
      users.addAll(client.resources(Job.class).inNamespace(namespace).list().getItems());
    }
    return users;
  }

  public boolean isMissing(HasMetadata object) {
    return client.resource(object).get() == null;
  }

  /** The consumer's Jobs, by name. */
  public List<String> jobs() {
    return client
        .resources(Job.class)
        .inNamespace(names.consumerNamespace())
        .list()
        .getItems()
        .stream()
        .filter(job -> Ownership.isOf(Names.CONSUMER, job))
        .map(job -> job.getMetadata().getName())
        .toList();
  }

  /** The version of each object of the blueprint: unchanged while nothing is written. */
  public Map<ObjectKey, String> versions() {
    var versions = new TreeMap<ObjectKey, String>(java.util.Comparator.comparing(String::valueOf));
    blueprint()
        .objects()
        .forEach(
            object ->
                versions.put(
                    ObjectKey.of(object),
                    client.resource(object).get().getMetadata().getResourceVersion()));
    return versions;
  }

  /** Creates PostgreSQL's claim as the StatefulSet's controller does, where no controllers run. */
  public void createClaim() {
    var data = names.dataNamespace();
    var set = client.apps().statefulSets().inNamespace(data).withName(Names.POSTGRES).get();
    client
        .resource(
            new PersistentVolumeClaimBuilder(set.getSpec().getVolumeClaimTemplates().getFirst())
                .editMetadata()
                .withNamespace(data)
                .withName("data-postgres-0")
                .endMetadata()
                .build())
        .fieldManager("test")
        .serverSideApply();
  }

  public void delete() {
    client.resources(VotingApp.class).withName(name).delete();
  }

  /** Leaves nothing on the cluster. */
  public void cleanUp() {
    if (app() != null) {
      delete();
    }
    names.namespaces().forEach(namespace -> client.namespaces().withName(namespace).delete());
  }
}
