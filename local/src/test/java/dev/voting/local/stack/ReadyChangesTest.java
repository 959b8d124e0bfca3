package dev.voting.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadyChangesTest {
  private final List<String> lines = new ArrayList<>();
  private final ReadyChanges changes = new ReadyChanges(lines::add);

  @Test
  void reportsOnlyWhatChanges() {
    VotingApp ready = app("{}", "True", "every component is available");
    VotingApp not = app("{}", "False", "postgres: 0 of 1 pods are ready");
    changes.onAdd(ready);
    changes.onUpdate(ready, ready);
    changes.onUpdate(ready, not);
    changes.onUpdate(not, not);
    changes.onUpdate(not, ready);
    assertThat(lines)
        .containsExactly(
            "VotingApp voting is not ready: postgres: 0 of 1 pods are ready",
            "VotingApp voting is ready again");
  }

  @Test
  void saysWhatBecomesOfTheVotes() {
    changes.onDelete(app("{}", "True", ""), false);
    changes.onDelete(app("{deletionPolicy: Delete}", "True", ""), false);
    assertThat(lines)
        .containsExactly(
            "VotingApp voting is deleted; its votes are kept: apply a VotingApp of the same name to"
                + " use them again",
            "VotingApp voting is deleted, with its votes");
  }

  private static VotingApp app(String spec, String ready, String message) {
    return Serialization.unmarshal(
        """
        apiVersion: voting.dev/v1alpha1
        kind: VotingApp
        metadata: {name: voting}
        spec: %s
        status: {conditions: [{type: Ready, status: '%s', message: '%s'}]}
        """
            .formatted(spec, ready, message),
        VotingApp.class);
  }
}
