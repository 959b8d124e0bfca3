package dev.voting.operator.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.voting.crd.VotingAppCrd;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What is the operator's is taken away or changed by others. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class RepairCases {

  private final NodeSuite suite;
  private final VotingSystem system;

  RepairCases(NodeSuite suite) {
    this.suite = suite;
    system = suite.system;
  }

  @Test
  @Order(1)
  void theOperatorIsAwayOverTenHandEdits() throws Exception {
    suite
        .during("ten edits by hand while there is no operator")
        .refusesNone()
        .run(
            () -> {
              var before = new Snapshot(suite.client, system.names);
              suite.operator.scale(0);
              try {
                new HandEdits(suite.client, system.names).make();
                assertThat(new Snapshot(suite.client, system.names).differences(before))
                    .as("what the edits changed")
                    .hasSizeGreaterThanOrEqualTo(10);
              } finally {
                suite.operator.scale(2);
              }
              await("that all is as it was")
                  .atMost(Patience.minutes(4))
                  .untilAsserted(
                      () ->
                          assertThat(new Snapshot(suite.client, system.names).differences(before))
                              .isEmpty());
            });
  }

  @Test
  @Order(2)
  void theDefinitionHasAFieldThatTheOperatorDoesNotKnow() throws Exception {
    suite
        .during("the definition has an unknown field with a default")
        .refusesNone()
        .run(
            () -> {
              var definition =
                  suite
                      .client
                      .apiextensions()
                      .v1()
                      .customResourceDefinitions()
                      .withName(VotingAppCrd.NAME);
              var restarts = suite.operator.restarts();
              try {
                definition.edit(
                    crd -> {
                      crd.getSpec()
                          .getVersions()
                          .getFirst()
                          .getSchema()
                          .getOpenAPIV3Schema()
                          .getProperties()
                          .get("spec")
                          .getProperties()
                          .get("api")
                          .getProperties()
                          .put(
                              "flavour",
                              new JSONSchemaPropsBuilder()
                                  .withType("string")
                                  .withDefault(TextNode.valueOf("plain"))
                                  .build());
                      return crd;
                    });
                await("the default")
                    .atMost(Patience.seconds(30))
                    .until(() -> "plain".equals(system.get().get("spec", "api", "flavour")));
                // One that runs has to live with it, and so has one that starts.
                system.change("{\"api\":{\"corsOrigins\":[\"https://one.example.org\"]}}");
                system.awaitReady();
                assertThat(suite.operator.restarts()).as("restarts").isEqualTo(restarts);
                suite.operator.restart();
                system.change("{\"api\":{\"corsOrigins\":[\"https://two.example.org\"]}}");
                system.awaitReady();
              } finally {
                InstalledOperator.applyDefinition();
              }
            });
  }

  @Test
  @Order(3)
  void allNamespacesButTheDataOneAreDeleted() throws Exception {
    suite
        .during("all namespaces but the data one are deleted")
        .run(
            () -> {
              var names = system.names;
              var namespaces =
                  List.of(
                      names.frontendNamespace(), names.apiNamespace(), names.consumerNamespace());
              var before =
                  namespaces.stream()
                      .map(name -> suite.client.namespaces().withName(name).get())
                      .toList();
              before.forEach(namespace -> suite.client.resource(namespace).delete());
              await("other namespaces of these names")
                  .atMost(Patience.minutes(4))
                  .until(() -> before.stream().allMatch(this::isAnother));
            });
  }

  private boolean isAnother(Namespace before) {
    var now = suite.client.resource(before).get();
    return now != null && !now.getMetadata().getUid().equals(before.getMetadata().getUid());
  }
}
