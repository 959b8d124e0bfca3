package dev.voting.operator.interruptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.voting.operator.http.Clients;
import dev.voting.operator.run.VotingAppOperator;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.TestCluster.InMemory;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import io.fabric8.kubernetes.client.ConfigBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that begin and never end: each passes its deadline, is reported, and asked for again. */
class StalledAnswersIT extends ClusterTests {

  private InMemoryKubernetes kubernetes;

  /** In memory only, where one can have an answer stall. */
  @BeforeEach
  void startImpatientOperator() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    kubernetes = ((InMemory) cluster).kubernetes();
    operator.close();
  }

  @AfterEach
  void clearFaults() {
    kubernetes.clearFaults();
  }

  @Test
  void ofAWriteAreReportedAndHealed() {
    try (var impatient =
            Clients.of(new ConfigBuilder(kubernetes.config()).withRequestTimeout(2_000).build());
        var _ = VotingAppOperator.start(impatient, _ -> {})) {
      var subject = subject();
      kubernetes.stallNext(
          request ->
              request.method().equals("PATCH")
                  && request.path().contains(subject.name)
                  && request.path().contains("/configmaps/postgres-init"),
          Integer.MAX_VALUE);
      subject.apply("{}");
      subject.awaitCondition("Ready", "False", "ClusterUnreachable");
      assertThat(subject.condition("Ready").orElseThrow().getMessage())
          .contains("PATCH", "postgres-init was not answered to the end within 2 s");
      kubernetes.clearFaults();
      subject.awaitReady();
    }
  }
}
