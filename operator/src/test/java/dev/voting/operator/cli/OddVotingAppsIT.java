package dev.voting.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.crd.validation.CrdValidator;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.testing.TestCluster;
import dev.voting.servers.kubernetes.GatewayCrds;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An API server refuses the odd VotingApps that the command line refuses, takes the others, and
 * takes every object that they become. Nothing is kept: these are dry runs.
 */
class OddVotingAppsIT {

  private static final int HOW_MANY = 400;

  private final String name =
      "t" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
  private final CrdValidator validator = CrdValidator.of(VotingAppCrd.read(), VotingApp.VERSION);
  private final KubernetesSerialization serialization = new KubernetesSerialization();
  private final List<HasMetadata> namespaces =
      Renderings.of(name, "{}").objects().filter(Namespace.class::isInstance).toList();
  private TestCluster cluster;
  private KubernetesClient client;

  @BeforeEach
  void start() {
    cluster = TestCluster.start();
    client = cluster.client();
    for (var crd : GatewayCrds.read()) {
      if (client.resource(crd).get() == null) {
        client.resource(crd).create();
        client
            .resource(crd)
            .waitUntilCondition(
                found ->
                    found != null
                        && found.getStatus() != null
                        && Optional.ofNullable(found.getStatus().getConditions())
                            .orElse(List.of())
                            .stream()
                            .anyMatch(
                                c ->
                                    c.getType().equals("Established")
                                        && c.getStatus().equals("True")),
                30,
                TimeUnit.SECONDS);
      }
    }
    namespaces.forEach(namespace -> client.resource(namespace).create());
  }

  @AfterEach
  void stop() {
    namespaces.forEach(namespace -> client.resource(namespace).delete());
    client.close();
    cluster.close();
  }

  @Test
  void anApiServerSaysTheSame() {
    var differences = new ArrayList<String>();
    int accepted = 0;
    for (var object : new OddVotingApps(42).stream(name).limit(HOW_MANY).toList()) {
      var errors = new Validation(validator).validate(object);
      var refusal = refusal(object);
      if (errors.isEmpty() != refusal.isEmpty()) {
        differences.add("we: %s, the server: %s, of %s".formatted(errors, refusal, brief(object)));
      } else if (errors.isEmpty() && object.at("/metadata/name").asText().equals(name)) {
        accepted++;
        Renderings.of(serialization.convertValue(validator.defaulted(object), VotingApp.class))
            .objects()
            .filter(part -> !(part instanceof Namespace))
            .forEach(
                part ->
                    refusal(part)
                        .ifPresent(
                            said ->
                                differences.add(
                                    "%s: %s, of %s"
                                        .formatted(part.getKind(), said, brief(object)))));
      }
    }
    assertThat(differences).isEmpty();
    assertThat(accepted).isGreaterThan(HOW_MANY / 5);
  }

  /** As it is, nulls and all, which a client's own classes would leave out. */
  private Optional<String> refusal(ObjectNode votingApp) {
    try {
      client.raw(
          "/apis/voting.dev/v1alpha1/votingapps?dryRun=All&fieldValidation=Strict",
          "POST",
          votingApp);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Strictly, as kubectl asks, so that unknown fields are refused. */
  private Optional<String> refusal(HasMetadata object) {
    try {
      client
          .resource(object)
          .dryRun()
          .fieldValidation(FieldValidateable.Validation.STRICT)
          .create();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static String brief(ObjectNode object) {
    var text = object.toString();
    return text.length() < 2000 ? text : text.substring(0, 2000) + "…";
  }
}
