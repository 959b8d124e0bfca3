package dev.voting.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.operator.http.Clients;
import dev.voting.operator.run.VotingAppOperator;
import dev.voting.operator.testing.CertManager;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster.InMemory;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import dev.voting.servers.kubernetes.http.RecordedRequest;
import dev.voting.servers.kubernetes.write.AccessReview;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every request that the operator makes is one that {@code deploy/rbac.yaml} allows. */
class RightsIT {

  private static final String AGENT = "operator-under-test";

  private static final Pattern RESOURCE =
      Pattern.compile(
          "/(?:api/v1|apis/(?<group>[^/]+)/[^/]+)(?:/namespaces/[^/]+(?=/[^/]+))?"
              + "/(?<resource>[^/]+)(?:/(?<name>[^/]+)(?:/(?<subresource>.+))?)?");

  @Test
  void itNeedsNoMoreRightsThanItHas() {
    try (var kubernetes = InMemoryKubernetes.start();
        var client = kubernetes.client();
        var operators =
            Clients.of(new ConfigBuilder(kubernetes.config()).withUserAgent(AGENT).build());
        var log = kubernetes.record()) {
      client.resource(VotingAppCrd.read()).create();
      new CertManager(client).install();
      try (var _ = VotingAppOperator.start(operators, lost -> {})) {
        var subject = new Subjects(new InMemory(kubernetes), client);
        subject.apply("{frontend: {replicas: 2}, api: {autoscaling: {maxReplicas: 3}}}");
        subject.awaitReady();
        subject.apply(
            "{exposure: {type: None}, networkPolicies: {enabled: false}, consumer: {workload:"
                + " Deployment}}");
        subject.awaitReady();
        await()
            .atMost(Subjects.SOON)
            .untilAsserted(
                () -> {
                  assertThat(subject.jobs()).isEmpty();
                  assertThat(client.resources(Ingress.class).inAnyNamespace().list().getItems())
                      .isEmpty();
                });
        var certified = new Subjects(new InMemory(kubernetes), client);
        certified.apply("{tls: {enabled: true, issuerRef: {name: inside}}}");
        certified.awaitCondition("Ready", "False", "CertificatePending");
        certified.apply("{tls: {enabled: true}}");
        certified.awaitReady();
        new Subjects(new InMemory(kubernetes), client).apply("{secrets: {create: false}}");
        await()
            .atMost(Subjects.SOON)
            .until(
                () ->
                    log.all().stream()
                        .filter(request -> request.query().contains("fieldSelector"))
                        .anyMatch(request -> request.path().contains("/secrets")));
      }
      var used = new TreeSet<String>();
      log.all().stream()
          .filter(request -> request.userAgent().contains(AGENT))
          .flatMap(RightsIT::right)
          .forEach(used::add);
      assertThat(used)
          .contains(
              "batch/jobs delete",
              "cert-manager.io/certificates create",
              "voting.dev/votingapps/status patch",
              "/events watch");
      assertThat(granted()).containsAll(used);
      // Data go with them.
      assertThat(used).doesNotContain("/namespaces delete", "/secrets delete");
    }
  }

  /** Only who may delete an object may change its owner there. */
  @Test
  void itMayChangeOwnersWhereOwnerReferencesPermissionEnforcementIsOn() {
    try (var kubernetes = InMemoryKubernetes.start();
        var client = kubernetes.client();
        var operators =
            Clients.of(new ConfigBuilder(kubernetes.config()).withUserAgent(AGENT).build())) {
      client.resource(VotingAppCrd.read()).create();
      var granted = granted();
      kubernetes.protectOwners(
          asked -> !asked.userAgent().contains(AGENT) || granted.contains(right(asked)));
      try (var _ = VotingAppOperator.start(operators, lost -> {})) {
        var subject = new Subjects(new InMemory(kubernetes), client);
        subject.apply("{deletionPolicy: Delete}");
        subject.awaitReady();
        var data = client.namespaces().withName(subject.names.dataNamespace());
        assertThat(data.get().getMetadata().getOwnerReferences()).hasSize(1);
        subject.apply("{}");
        await()
            .atMost(Subjects.SOON)
            .until(() -> data.get().getMetadata().getOwnerReferences().isEmpty());

        // Another VotingApp of the name takes up what the first one has left behind.
        client
            .resources(VotingApp.class)
            .withName(subject.name)
            .withPropagationPolicy(DeletionPropagation.ORPHAN)
            .delete();
        await().atMost(Subjects.SOON).until(() -> subject.app() == null);
        subject.apply("{deletionPolicy: Delete}");
        subject.awaitReady();
        var uid = subject.app().getMetadata().getUid();
        assertThat(subject.names.namespaces())
            .allSatisfy(
                name ->
                    assertThat(
                            client
                                .namespaces()
                                .withName(name)
                                .get()
                                .getMetadata()
                                .getOwnerReferences())
                        .singleElement()
                        .satisfies(owner -> assertThat(owner.getUid()).isEqualTo(uid)));
      }
    }
  }

  private static String right(AccessReview asked) {
    var part = asked.subresource().isEmpty() ? "" : "/" + asked.subresource();
    return asked.group() + "/" + asked.resource() + part + " " + asked.verb();
  }

  private static Set<String> granted() {
    var rules =
        Rights.objects().stream()
            .flatMap(
                object ->
                    switch (object) {
                      case ClusterRole role -> role.getRules().stream();
                      case Role role -> role.getRules().stream();
                      default -> Stream.empty();
                    })
            .toList();
    return Rights.of(rules);
  }

  /** The rights that a request needs; none for what every client may read of the server itself. */
  private static Stream<String> right(RecordedRequest request) {
    var path = RESOURCE.matcher(request.path());
    if (!path.matches()) {
      return Stream.empty();
    }
    var group = path.group("group") == null ? "" : path.group("group");
    var part = path.group("subresource") == null ? "" : "/" + path.group("subresource");
    var verbs =
        switch (request.method()) {
          case "GET" ->
              List.of(request.watch() ? "watch" : path.group("name") == null ? "list" : "get");
          case "POST" -> List.of("create");
          case "PUT" -> List.of("update");
          // An apply also makes what is not there; a status is always there.
          case "PATCH" ->
              request.fieldManager().isEmpty() || !part.isEmpty()
                  ? List.of("patch")
                  : List.of("patch", "create");
          default -> List.of(request.method().toLowerCase(Locale.ROOT));
        };
    return verbs.stream().map(verb -> group + "/" + path.group("resource") + part + " " + verb);
  }
}
