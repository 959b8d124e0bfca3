package dev.voting.local.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import dev.voting.local.Up;
import dev.voting.local.Voter;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Correcting the spec is enough: nobody ever has to delete anything. */
class CorrectedSpecIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final List<String> COMPONENTS =
      List.of("frontend", "api", "consumer", "redis", "postgres");

  private Path corner;

  @BeforeEach
  void makeCorner() throws IOException {
    corner = Up.corner();
  }

  @AfterEach
  void clearCorner() throws IOException {
    Up.clear(corner);
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class);
  }

  @Test
  void componentsRecoverFromAnImageThatDoesNotExist() throws Exception {
    try (Up up = Up.start(corner);
        Voter voter = new Voter(up.awaitReady(PATIENCE));
        KubernetesClient client = up.client()) {
      voter.vote("cats");
      for (String component : COMPONENTS) {
        image(client, component, "\"example.org/typo:1\"");
        await().alias("the new " + component).until(() -> isNotPulled(client, component));
        image(client, component, "null");
        await()
            .alias(component + " is corrected")
            .untilAsserted(
                () -> assertThat(ready(client)).extracting(Condition::getStatus).isEqualTo("True"));
        voter.voteUntilTaken("cats");
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(voter.results())
                      .isEqualTo(new Voter.Results(1 + COMPONENTS.size(), 0)));
    }
  }

  private static void image(KubernetesClient client, String component, String image) {
    var app = client.resources(VotingApp.class).list().getItems().getFirst();
    client
        .resource(app)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"%s\":{\"image\":%s}}}".formatted(component, image));
  }

  private static boolean isNotPulled(KubernetesClient client, String component) {
    return client
        .pods()
        .inAnyNamespace()
        .withLabel("app.kubernetes.io/component", component)
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getStatus() != null)
        .flatMap(
            pod ->
                Stream.concat(
                    pod.getStatus().getInitContainerStatuses().stream(),
                    pod.getStatus().getContainerStatuses().stream()))
        .map(container -> container.getState().getWaiting())
        .anyMatch(waiting -> waiting != null && waiting.getReason().contains("ImagePull"));
  }

  /** Of the newest spec. */
  private static Condition ready(KubernetesClient client) throws IOException {
    var app = client.resources(VotingApp.class).list().getItems().getFirst();
    if (!app.getMetadata().getGeneration().equals(app.getStatus().observedGeneration())) {
      throw new IOException("the status is of an older spec");
    }
    return app.getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals("Ready"))
        .findFirst()
        .orElseThrow();
  }
}
