package dev.voting.operator.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The VotingApp of the suite, and what has become of it. */
final class VotingSystem {

  static final List<String> COMPONENTS =
      List.of(Names.FRONTEND, Names.API, Names.CONSUMER, Names.POSTGRES, Names.REDIS);

  private final KubernetesClient client;
  private final GenericKubernetesResource original = read();
  final String name = original.getMetadata().getName();
  final Names names = new Names(name);

  VotingSystem(KubernetesClient client) {
    this.client = client;
  }

  /** Read as any object, for a definition may have fields that nobody here knows. */
  private static GenericKubernetesResource read() {
    try (var yaml = VotingSystem.class.getResourceAsStream("votingapp.yaml")) {
      var app = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
      if (InstalledOperator.REGISTRY.isPresent() || InstalledOperator.TAG.isPresent()) {
        for (var runtime : List.of(Names.API, Names.CONSUMER)) {
          app.<Map<String, Object>>get("spec", runtime).put("image", image(runtime));
        }
      }
      return app;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String image(String runtime) {
    return "%s/voting-%s:%s"
        .formatted(
            InstalledOperator.REGISTRY.orElse("ghcr.io/voting-dev"),
            runtime,
            InstalledOperator.TAG.orElse("0.1.0"));
  }

  private Resource<GenericKubernetesResource> resource() {
    return client.genericKubernetesResources("voting.dev/v1alpha1", "VotingApp").withName(name);
  }

  GenericKubernetesResource get() {
    return resource().get();
  }

  void create() {
    client.resource(original).create();
  }

  void delete() {
    resource().delete();
  }

  /** Leaves nothing of it. */
  void remove() {
    delete();
    names.namespaces().forEach(namespace -> client.namespaces().withName(namespace).delete());
    await("the end of all namespaces of " + name)
        .atMost(Patience.minutes(4))
        .until(() -> names.namespaces().stream().noneMatch(this::exists));
    await("the end of " + name).atMost(Patience.minutes(1)).until(() -> get() == null);
  }

  boolean exists(String namespace) {
    return client.namespaces().withName(namespace).get() != null;
  }

  /** Changes the spec, as {@code kubectl patch --type merge} does. */
  void change(String spec) {
    resource().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":%s}".formatted(spec));
  }

  /** Sets the spec back to what it was at first. */
  void restore() {
    resource()
        .edit(
            app -> {
              app.setAdditionalProperty("spec", original.get("spec"));
              return app;
            });
  }

  Optional<Condition> condition(String type) {
    return conditions().stream().filter(c -> c.getType().equals(type)).findFirst();
  }

  private List<Condition> conditions() {
    var app = get();
    List<Object> conditions = app == null ? null : app.get("status", "conditions");
    return conditions == null
        ? List.of()
        : conditions.stream()
            .map(c -> Serialization.unmarshal(Serialization.asJson(c), Condition.class))
            .toList();
  }

  /** The condition of a component. */
  static String available(String component) {
    return component.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
        + component.substring(1)
        + "Available";
  }

  void awaitReason(String type, Duration atMost, String... reasons) {
    await("%s, by %s".formatted(type, String.join(" or ", reasons)))
        .atMost(atMost)
        .untilAsserted(
            () ->
                assertThat(condition(type))
                    .hasValueSatisfying(
                        c -> {
                          assertThat(c.getStatus()).as(c.getMessage()).isEqualTo("False");
                          assertThat(c.getReason()).as(c.getMessage()).isIn((Object[]) reasons);
                        }));
  }

  /** Waits until the status says that all is well with the newest spec, and the pods do, too. */
  void awaitReady(Duration atMost) {
    await(name + " to be ready")
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(500))
        .ignoreException(KubernetesClientException.class)
        .untilAsserted(this::assertReady);
  }

  void awaitReady() {
    awaitReady(Patience.minutes(3));
  }

  private void assertReady() {
    var app = get();
    assertThat(app).as("the VotingApp").isNotNull();
    assertThat(app.<Number>get("status", "observedGeneration"))
        .as("the generation that the status speaks of")
        .extracting(n -> n == null ? 0 : n.longValue())
        .isEqualTo(app.getMetadata().getGeneration());
    assertThat(condition("Ready"))
        .hasValueSatisfying(
            ready ->
                assertThat(ready.getStatus())
                    .as(ready.getReason() + ": " + ready.getMessage())
                    .isEqualTo("True"));
    for (var component : COMPONENTS) {
      assertThat(livePods(component))
          .as("pods of " + component)
          .hasSize(replicas(app, component))
          .allMatch(Readiness::isPodReady, "ready");
    }
  }

  private static int replicas(GenericKubernetesResource app, String component) {
    Number replicas = app.get("spec", component, "replicas");
    return replicas == null ? 1 : replicas.intValue();
  }

  String namespace(String component) {
    return switch (component) {
      case Names.FRONTEND -> names.frontendNamespace();
      case Names.API -> names.apiNamespace();
      case Names.CONSUMER -> names.consumerNamespace();
      default -> names.dataNamespace();
    };
  }

  List<Pod> pods(String component) {
    return client
        .pods()
        .inNamespace(namespace(component))
        .withLabel(Names.COMPONENT, component)
        .list()
        .getItems();
  }

  /** Those that have not ended, and are not about to. */
  List<Pod> livePods(String component) {
    return pods(component).stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(pod -> !List.of("Succeeded", "Failed").contains(pod.getStatus().getPhase()))
        .toList();
  }

  List<Pod> livePods() {
    return COMPONENTS.stream().flatMap(component -> livePods(component).stream()).toList();
  }

  /** Waits until pods are gone, not only about to go. */
  void awaitGone(List<Pod> pods) {
    await("the end of " + pods.stream().map(pod -> pod.getMetadata().getName()).toList())
        .atMost(Patience.minutes(2))
        .until(() -> pods.stream().allMatch(this::isGone));
  }

  boolean isGone(Pod pod) {
    var now = client.resource(pod).get();
    return now == null || !now.getMetadata().getUid().equals(pod.getMetadata().getUid());
  }

  /** What somebody who wonders would look at. */
  String describe() {
    var text = new StringBuilder();
    conditions()
        .forEach(
            c ->
                text.append(
                    "%s=%s %s: %s%n"
                        .formatted(c.getType(), c.getStatus(), c.getReason(), c.getMessage())));
    for (var component : COMPONENTS) {
      pods(component).forEach(pod -> text.append(describe(pod)).append('\n'));
    }
    for (var namespace : names.namespaces()) {
      text.append("Events of ").append(namespace).append('\n');
      client.v1().events().inNamespace(namespace).list().getItems().stream()
          .filter(event -> event.getLastTimestamp() != null)
          .sorted(java.util.Comparator.comparing(event -> event.getLastTimestamp()))
          .toList()
          .reversed()
          .stream()
          .limit(8)
          .forEach(
              event ->
                  text.append(
                      "  %s %s × %s %s: %s%n"
                          .formatted(
                              event.getLastTimestamp(),
                              event.getCount(),
                              event.getInvolvedObject().getName(),
                              event.getReason(),
                              event.getMessage())));
    }
    return text.toString();
  }

  private static String describe(Pod pod) {
    var text =
        new StringBuilder(
            "%s/%s %s%s"
                .formatted(
                    pod.getMetadata().getNamespace(),
                    pod.getMetadata().getName(),
                    pod.getStatus().getPhase(),
                    pod.getMetadata().getDeletionTimestamp() == null ? "" : ", terminating"));
    for (var container : pod.getStatus().getContainerStatuses()) {
      text.append(
          "; %s%s, %d restarts"
              .formatted(
                  container.getName(),
                  Boolean.TRUE.equals(container.getReady()) ? " ready" : "",
                  container.getRestartCount()));
      for (var state : List.of(container.getState(), container.getLastState())) {
        if (state.getWaiting() != null) {
          text.append(", waiting: ").append(state.getWaiting().getReason());
        }
        if (state.getTerminated() != null) {
          text.append(
              ", ended: %s %d"
                  .formatted(
                      state.getTerminated().getReason(), state.getTerminated().getExitCode()));
        }
      }
    }
    return text.toString();
  }
}
