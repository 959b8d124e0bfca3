package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.cluster.Kinds;
import dev.voting.operator.run.VotingAppOperator;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster;
import dev.voting.operator.testing.TestCluster.InMemory;
import dev.voting.servers.kubernetes.GatewayCrds;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Gateway API, on clusters that serve it, do not, or do so at times. */
class GatewayApiIT {

  private static final String GATEWAY = "{exposure: {type: Gateway, gateway: {className: some}}}";

  private static final String GATEWAY_WITH_TLS =
      "{exposure: {type: Gateway, gateway: {className: some}, tls: {secretName: t}}}";

  /** Says that a CRD is a stand-in, which a test may delete on any cluster. */
  private static final String APPROVED = "api-approved.kubernetes.io";

  private TestCluster cluster;
  private KubernetesClient client;
  private VotingAppOperator operator;
  private Subjects subject;

  @BeforeEach
  void start() {
    cluster = TestCluster.start();
    client = cluster.client();
    assumeThat(
            GatewayCrds.read().stream()
                .map(crd -> client.resource(crd).get())
                .filter(Objects::nonNull)
                .map(crd -> crd.getMetadata().getAnnotations().get(APPROVED)))
        .as("a Gateway API that is somebody else's is not taken away")
        .allMatch(approved -> approved.startsWith("unapproved"));
    subject = new Subjects(cluster, client);
  }

  @AfterEach
  void stop() {
    if (subject != null) {
      subject.cleanUp();
    }
    if (operator != null) {
      operator.close();
    }
    client.close();
    cluster.close();
  }

  private void startOperator() {
    operator =
        VotingAppOperator.start(
            client,
            lost -> {
              throw new AssertionError("a watch was lost", lost);
            });
  }

  @Test
  void itNoticesWhenTheGatewayApiComesAndGoesAndComesAgain() {
    removeGatewayApi();
    startOperator();
    subject.apply(GATEWAY);
    awaitWithout();
    installGatewayApi();
    subject.awaitReady();
    assertThat(routes()).containsExactlyInAnyOrder("frontend", "api");

    removeGatewayApi();
    awaitWithout();
    installGatewayApi();
    subject.awaitReady();
    assertThat(routes()).containsExactlyInAnyOrder("frontend", "api");
  }

  /** Everything else is made, and nothing is asked for in vain meanwhile. */
  private void awaitWithout() {
    subject.awaitCondition("Ready", "False", "NotServed");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains("HTTPRoute " + subject.names.apiNamespace() + "/api")
        .contains("install its CRDs")
        .contains("spec.exposure.type");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(
                        client
                            .resources(Deployment.class)
                            .inNamespace(subject.names.apiNamespace())
                            .list()
                            .getItems())
                    .hasSize(1));
    if (cluster instanceof InMemory(var kubernetes)) {
      settle();
      try (var log = kubernetes.record()) {
        letPass(Duration.ofSeconds(5));
        // A watch whose kind has gone may be tried once more; nothing else.
        assertThat(log.all().stream().filter(request -> !request.watch())).isEmpty();
        assertThat(log.all()).hasSizeLessThan(5);
      }
    }
  }

  @Test
  void aGatewayOfItsOwnIsMadePutBackKeptAndPruned() {
    installGatewayApi();
    startOperator();
    subject.apply(GATEWAY_WITH_TLS);
    subject.awaitReady();
    assertThat(subject.app().getStatus().url()).isEqualTo("https://voting.local");
    assertThat(routes()).containsExactlyInAnyOrder("frontend", "redirect", "api");

    for (var object : optional()) {
      var uid = client.resource(object).get().getMetadata().getUid();
      client.resource(object).delete();
      await(object.getKind() + " is put back")
          .atMost(Subjects.SOON)
          .until(
              () -> {
                var again = client.resource(object).get();
                return again != null && !again.getMetadata().getUid().equals(uid);
              });
      client
          .resource(object)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"metadata\":{\"labels\":{\"app.kubernetes.io/part-of\":\"mine\"}}}");
      await(object.getKind() + " is corrected")
          .atMost(Subjects.SOON)
          .untilAsserted(
              () ->
                  assertThat(client.resource(object).get().getMetadata().getLabels())
                      .containsEntry("app.kubernetes.io/part-of", "voting"));
    }

    settle();
    var versions = subject.versions();
    letPass(Duration.ofSeconds(3));
    assertThat(subject.versions()).isEqualTo(versions);

    subject.apply("{exposure: {type: Ingress}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(routes()).isEmpty();
              assertThat(all(Gateway.class)).isEmpty();
              assertThat(all(Ingress.class)).hasSize(3);
            });
    subject.awaitReady();
  }

  /** What the CRDs would fill in is in the blueprint, so that no field of it is the server's. */
  @Test
  void theServerHasNothingToFillIn() {
    installGatewayApi();
    startOperator();
    subject.apply(GATEWAY_WITH_TLS);
    subject.awaitReady();
    for (var object : optional()) {
      assertThat(spec(client.resource(object).get())).as(object.getKind()).isEqualTo(spec(object));
    }
  }

  /** As the controller of a Gateway reports. */
  @Test
  void itReportsWhatTheGatewaySaysOfTheRoutes() {
    installGatewayApi();
    startOperator();
    subject.apply("{exposure: {type: Gateway, gateway: {name: shared, namespace: infra}}}");
    subject.awaitReady();
    subject.awaitCondition("Exposed", "Unknown", "NotReported");
    optional().forEach(route -> report(route, "Accepted", "True", "Accepted", ""));
    subject.awaitCondition("Exposed", "True", "Accepted");
    assertThat(subject.condition("Ready").orElseThrow().getStatus()).isEqualTo("True");

    var route = optional().getFirst();
    report(
        route,
        "Accepted",
        "False",
        "NotAllowedByListeners",
        "no listener takes routes of this namespace");
    subject.awaitCondition("Exposed", "False", "NotAllowedByListeners");
    subject.awaitCondition("Ready", "False", "NotAllowedByListeners");
    assertThat(subject.condition("Degraded").orElseThrow().getMessage())
        .contains(
            route.getMetadata().getName(),
            "spec.exposure",
            "no listener takes routes of this namespace");

    subject.apply("{}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(subject.condition("Exposed")).isEmpty());
    subject.awaitReady();
  }

  private void report(
      HasMetadata route, String type, String status, String reason, String message) {
    var found = client.resources(HTTPRoute.class).resource((HTTPRoute) route).get();
    client
        .resource(
            new HTTPRouteBuilder(found)
                .editMetadata()
                .withManagedFields()
                .endMetadata()
                .withNewStatus()
                .addNewParent()
                .withControllerName("example.org/gateway")
                .withParentRef(found.getSpec().getParentRefs().getFirst())
                .withConditions(
                    new ConditionBuilder()
                        .withType(type)
                        .withStatus(status)
                        .withReason(reason)
                        .withMessage(message)
                        .withObservedGeneration(found.getMetadata().getGeneration())
                        .withLastTransitionTime(
                            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                        .build())
                .endParent()
                .endStatus()
                .build())
        .subresource("status")
        .update();
  }

  private List<HasMetadata> optional() {
    return subject
        .blueprint()
        .objects()
        .filter(object -> Kinds.OPTIONAL.stream().anyMatch(kind -> kind.isInstance(object)))
        .toList();
  }

  private static Object spec(HasMetadata object) {
    return switch (object) {
      case Gateway gateway -> gateway.getSpec();
      case HTTPRoute route -> route.getSpec();
      default -> throw new IllegalArgumentException(object.getKind());
    };
  }

  private void installGatewayApi() {
    GatewayCrds.read().forEach(crd -> client.resource(crd).forceConflicts().serverSideApply());
    GatewayCrds.read()
        .forEach(
            crd ->
                client
                    .resource(crd)
                    .waitUntilCondition(GatewayApiIT::isEstablished, 30, TimeUnit.SECONDS));
  }

  private static boolean isEstablished(CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  private void removeGatewayApi() {
    GatewayCrds.read().forEach(crd -> client.resource(crd).delete());
    GatewayCrds.read()
        .forEach(
            crd ->
                await(crd.getMetadata().getName() + " is gone")
                    .atMost(Subjects.SOON)
                    .until(() -> client.resource(crd).get() == null));
  }

  private List<String> routes() {
    return all(HTTPRoute.class).stream().map(route -> route.getMetadata().getName()).toList();
  }

  private <T extends HasMetadata> List<T> all(Class<T> kind) {
    return subject.names.namespaces().stream()
        .flatMap(
            namespace -> client.resources(kind).inNamespace(namespace).list().getItems().stream())
        .toList();
  }

  /** Waits until the VotingApp has not changed for a while. */
  private void settle() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              var before = subject.app().getMetadata().getResourceVersion();
              letPass(Duration.ofSeconds(2));
              return subject.app().getMetadata().getResourceVersion().equals(before);
            });
  }

  /** Silence can only be heard by listening for a time. */
  private static void letPass(Duration time) {
    var end = System.nanoTime() + time.toNanos();
    await()
        .pollInterval(Duration.ofMillis(200))
        .atMost(time.plusSeconds(5))
        .until(() -> System.nanoTime() >= end);
  }
}
