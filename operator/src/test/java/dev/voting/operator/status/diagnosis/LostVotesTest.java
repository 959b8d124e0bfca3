package dev.voting.operator.status.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LostVotesTest {

  @Test
  void areKnownByTheLastWordsOfTheContainerBesideRedis() {
    assertThat(
            LostVotes.of(
                new ObservedState(
                    List.of(
                        pod(
                            Names.REDIS,
                            Names.RELOAD,
                            "the users are as the Secret says\nvotes lost: 7\n")))))
        .contains(7L);
    assertThat(LostVotes.message(7)).startsWith("7 entries were deleted").contains("{votes}:lost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"votes lost: 0", "Redis does not take its users: votes lost: 7", ""})
  void areNoneByOtherWords(String words) {
    assertThat(LostVotes.of(new ObservedState(List.of(pod(Names.REDIS, Names.RELOAD, words)))))
        .isEmpty();
  }

  @Test
  void areNotBelievedOfOthers() {
    assertThat(
            LostVotes.of(
                new ObservedState(List.of(pod(Names.REDIS, Names.REDIS, "votes lost: 7")))))
        .isEmpty();
    assertThat(
            LostVotes.of(new ObservedState(List.of(pod(Names.API, Names.RELOAD, "votes lost: 7")))))
        .isEmpty();
  }

  private static Pod pod(String component, String container, String words) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("voting-data")
        .withName(component + "-0")
        .addToLabels(Names.COMPONENT, component)
        .endMetadata()
        .withNewStatus()
        .addNewContainerStatus()
        .withName(container)
        .withNewLastState()
        .withNewTerminated()
        .withMessage(words)
        .endTerminated()
        .endLastState()
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
