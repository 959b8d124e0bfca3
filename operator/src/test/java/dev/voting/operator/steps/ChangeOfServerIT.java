package dev.voting.operator.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From the operator's own server to somebody else's, and back: nobody is cut off on the way. */
class ChangeOfServerIT extends ClusterTests {

  private static final String EXTERNAL = "{postgres: {external: {secretName: theirs}}}";

  @Test
  void policiesStayUntilTheLastPodOfBeforeIsGone() {
    var subject = ready("{}");
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("theirs")
                .withNamespace(subject.names.dataNamespace())
                .endMetadata()
                .addToStringData(Names.URI, "postgresql://me:p%40ss@db.example.org/votes?a=b c")
                .build())
        .create();
    var before = subject.podOfTheApi();
    subject.apply(EXTERNAL);
    awaitRolled(subject, "api-external");
    // All of the new pods are ready, and one of before still works off what it has.
    assertThat(policies(subject.names.dataNamespace())).contains(Names.POSTGRES);
    assertThat(policies(subject.names.apiNamespace())).contains("api-data");
    assertThat(sets(subject)).contains(Names.POSTGRES);
    client.resource(before).withGracePeriod(0).delete();
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(policies(subject.names.dataNamespace())).doesNotContain(Names.POSTGRES);
              assertThat(sets(subject)).doesNotContain(Names.POSTGRES);
            });

    before = subject.podOfTheApi();
    subject.apply("{}");
    awaitRolled(subject, "api-data");
    assertThat(policies(subject.names.apiNamespace())).contains("api-external");
    client.resource(before).withGracePeriod(0).delete();
    await()
        .atMost(Subjects.SOON)
        .until(() -> !policies(subject.names.apiNamespace()).contains("api-external"));
  }

  private static void awaitRolled(Subjects subject, String policy) {
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              subject.makePodsReady();
              assertThat(policies(subject.names.apiNamespace())).contains(policy);
              var ready = subject.condition("Ready").orElseThrow();
              assertThat(ready.getObservedGeneration())
                  .isEqualTo(subject.app().getMetadata().getGeneration());
              assertThat(ready.getStatus()).as(ready.getMessage()).isEqualTo("True");
            });
  }

  private static List<String> policies(String namespace) {
    return all(NetworkPolicy.class, namespace).stream()
        .map(policy -> policy.getMetadata().getName())
        .toList();
  }

  private static List<String> sets(Subjects subject) {
    return all(StatefulSet.class, subject.names.dataNamespace()).stream()
        .map(set -> set.getMetadata().getName())
        .toList();
  }
}
