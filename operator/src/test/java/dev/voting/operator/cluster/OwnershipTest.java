package dev.voting.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whether an object is this VotingApp's, or goes with an earlier one of the same name. */
class OwnershipTest {

  private static final VotingApp APP = new VotingApp();

  static {
    APP.getMetadata().setName("voting");
    APP.getMetadata().setUid("now");
  }

  @Test
  void whatHasOnlyOwnersThatAreGoneIsOfAnEarlierOne() {
    assertThat(Ownership.isOfAnEarlier(ownedBy("before"), APP)).isTrue();
    assertThat(Ownership.isOfAnEarlier(ownedBy("now"), APP)).isFalse();
    assertThat(Ownership.isOfAnEarlier(ownedBy(), APP)).as("kept").isFalse();
    // As by the garbage collector, which takes the one out and leaves the object.
    assertThat(Ownership.isOfAnEarlier(ownedBy("before", "now"), APP)).isFalse();
  }

  private static ConfigMap ownedBy(String... uids) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("any")
        .withOwnerReferences(
            Stream.of(uids)
                .map(
                    uid ->
                        new OwnerReferenceBuilder()
                            .withKind("VotingApp")
                            .withName("voting")
                            .withUid(uid)
                            .build())
                .toList())
        .endMetadata()
        .build();
  }
}
