package dev.voting.local.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.local.errors.CommandException;
import dev.voting.local.output.Table;
import dev.voting.servers.kubernetes.InMemoryKubernetesExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The tables of {@code get}. */
@ExtendWith(InMemoryKubernetesExtension.class)
class TableIT {
  private static final String PAGE = "http://localhost:8080/";

  private KubernetesClient client;

  @BeforeEach
  void create() {
    client.resource(VotingAppCrd.read()).create();
    client
        .load(
            new ByteArrayInputStream(
                """
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: a}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: b}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: two, namespace: b, labels: {color: red}}
            data: {x: '', y: ''}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: three, namespace: a}}
            ---
            {apiVersion: voting.dev/v1alpha1, kind: VotingApp, metadata: {name: voting}, spec: {}}
            """
                    .getBytes(UTF_8)))
        .create();
  }

  /** It met its criteria before, and says so still. */
  @Test
  void aJobThatIsCompleteSaysSo() {
    client
        .load(
            new ByteArrayInputStream(
                """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: declares, namespace: a}
                spec:
                  completions: 1
                  template:
                    spec: {restartPolicy: Never, containers: [{name: c, image: x}]}
                """
                    .getBytes(UTF_8)))
        .create();
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace("a")
        .withName("declares")
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
            {"status": {"succeeded": 1, "startTime": "2026-01-01T00:00:00Z",
              "completionTime": "2026-01-01T00:00:01Z", "conditions": [
                {"type": "SuccessCriteriaMet", "status": "True"},
                {"type": "Complete", "status": "True"}]}}
            """);
    assertThat(lines("jobs", "a", null, null))
        .last()
        .asString()
        .matches("declares +Complete +1/1 +\\d+s");
  }

  @Test
  void haveTheColumnsOfTheServer() {
    assertThat(lines("cm", null, null, null))
        .satisfiesExactly(
            line -> assertThat(line).matches("NAMESPACE +NAME +DATA +AGE"),
            line -> assertThat(line).matches("a +three +0 +\\d+s"),
            line -> assertThat(line).matches("b +two +2 +\\d+s"));
  }

  @Test
  void areOfTheObjectsAskedFor() {
    assertThat(lines("configmaps", "b", null, null)).hasSize(2).last().asString().contains("two");
    assertThat(lines("configmaps", null, "three", null)).hasSize(2).last().asString().contains("a");
    assertThat(lines("cm", null, null, "color in (red)"))
        .hasSize(2)
        .last()
        .asString()
        .contains("b");
    assertThat(table("cm", "a", "two", null).isEmpty()).isTrue();
    assertThatThrownBy(() -> table("cm", null, null, "=="))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("==");
  }

  /** The host of the spec does not answer on this machine. */
  @Test
  void haveThePageOfThisMachine() {
    assertThat(lines("va", null, null, null).getFirst())
        .matches("NAME +READY +REASON +URL +POLL +CLOSES +VERSION +AGE");
    assertThat(lines("va", null, null, null).getLast()).doesNotContain("http");
    client
        .resources(VotingApp.class)
        .withName("voting")
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\":{\"url\":\"http://voting.local\"}}");
    assertThat(lines("va", null, null, null).getLast()).contains(PAGE).doesNotContain(".local");
  }

  private List<String> lines(String kind, String namespace, String name, String selector) {
    return table(kind, namespace, name, selector)
        .lines(namespace == null && !kind.equals("va"), PAGE);
  }

  private Table table(String kind, String namespace, String name, String selector) {
    return Table.fetch(client, Kinds.find(client, kind).getFirst(), namespace, name, selector);
  }
}
