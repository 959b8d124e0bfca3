package dev.voting.operator.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The VotingApp is deleted. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class DeletionCases {

  private final NodeSuite suite;
  private final VotingSystem system;

  DeletionCases(NodeSuite suite) {
    this.suite = suite;
    system = suite.system;
  }

  /** Votes that were counted before are, for the results go on from where they were. */
  @Test
  @Order(1)
  void whatIsRetainedIsTakenUpAgain() throws Exception {
    suite
        .during("deleted with Retain, and taken up again")
        .run(
            () -> {
              var names = system.names;
              system.delete();
              awaitEnd(
                  List.of(
                      names.frontendNamespace(), names.apiNamespace(), names.consumerNamespace()));
              assertThat(system.exists(names.dataNamespace())).as("the data namespace").isTrue();
              system.create();
            });
  }

  @Test
  @Order(2)
  void deletionLeavesNothing() throws Exception {
    suite.restore();
    system.change("{\"deletionPolicy\":\"Delete\"}");
    system.awaitReady();
    var begin = System.nanoTime();
    system.delete();
    try {
      awaitEnd(system.names.namespaces());
    } catch (ConditionTimeoutException e) {
      suite.diagnose();
      throw e;
    }
    suite.report.add(
        "deleted with Delete", Duration.ofNanos(System.nanoTime() - begin), "nothing is left");
  }

  private void awaitEnd(List<String> namespaces) {
    await("the end of " + namespaces)
        .atMost(Patience.minutes(4))
        .until(() -> namespaces.stream().noneMatch(system::exists));
  }
}
