package dev.voting.operator.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When nothing happens, the operator does nothing. */
abstract class SilenceCases {

  private static final Duration SILENCE = Duration.ofSeconds(60);

  private final NodeSuite suite;

  SilenceCases(NodeSuite suite) {
    this.suite = suite;
  }

  /** Votes are no news to it. */
  @Test
  void nothingIsWrittenForAMinute() throws Exception {
    suite
        .during("60 s of silence")
        .refusesNone()
        .run(
            () -> {
              // What the beginning of the votes has moved is over.
              NodeSuite.letPass(Duration.ofSeconds(15));
              var snapshot = new Snapshot(suite.client, suite.system.names);
              var app = suite.system.get().getMetadata().getResourceVersion();
              var events = events();
              var reconciliations = suite.operator.reconciliations();
              NodeSuite.letPass(SILENCE);
              assertThat(new Snapshot(suite.client, suite.system.names).writes(snapshot))
                  .as("objects that were written")
                  .isEmpty();
              assertThat(suite.system.get().getMetadata().getResourceVersion())
                  .as("the VotingApp's version")
                  .isEqualTo(app);
              // Those of an hour ago go by themselves.
              assertThat(events()).as("Events").isSubsetOf(events);
              assertThat(suite.operator.reconciliations())
                  .as("reconciliations")
                  .isEqualTo(reconciliations);
            });
  }

  /** The VotingApp's; a name and a version each. */
  private List<String> events() {
    return suite
        .client
        .v1()
        .events()
        .inNamespace("default")
        .withField("involvedObject.name", suite.system.name)
        .list()
        .getItems()
        .stream()
        .map(e -> e.getMetadata().getName() + " " + e.getMetadata().getResourceVersion())
        .sorted()
        .toList();
  }
}
