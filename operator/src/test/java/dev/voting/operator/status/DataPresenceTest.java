package dev.voting.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of data that went with their namespace, and for how long. */
class DataPresenceTest {

  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant SECOND = Instant.parse("2026-02-01T00:00:00Z");

  private final VotingApp app = app("{}");

  @Test
  void theFirstNamespaceHasTheDataFromItsBeginning() {
    var present = look(FIRST.plusSeconds(5), namespace(FIRST)).orElseThrow();
    assertThat(present.getStatus()).isEqualTo("True");
    assertThat(present.getLastTransitionTime()).isEqualTo(FIRST.toString());
    remember(present);
    assertThat(look(SECOND, namespace(FIRST))).contains(present);
  }

  @Test
  void aLaterNamespaceIsALossForAnHour() {
    remember(look(FIRST, namespace(FIRST)).orElseThrow());
    var lost = look(SECOND.plusSeconds(3), namespace(SECOND)).orElseThrow();
    assertThat(lost.getStatus()).isEqualTo("False");
    assertThat(lost.getReason()).isEqualTo("DataLost");
    assertThat(lost.getMessage()).contains("voting-data", SECOND.toString(), "restore a backup");
    remember(lost);
    assertThat(look(SECOND.plus(Duration.ofMinutes(59)), namespace(SECOND))).contains(lost);
    assertThat(DataPresence.next(app, view(namespace(SECOND)), SECOND.plusSeconds(600)))
        .contains(Duration.ofMinutes(50));

    var after = SECOND.plus(Duration.ofMinutes(61));
    var again = look(after, namespace(SECOND)).orElseThrow();
    assertThat(again.getStatus()).isEqualTo("True");
    remember(again);
    assertThat(look(after.plusSeconds(60), namespace(SECOND))).contains(again);
    assertThat(DataPresence.next(app, view(namespace(SECOND)), after)).isEmpty();
  }

  @Test
  void itIsRememberedWhileThereIsNoNamespace() {
    var present = look(FIRST, namespace(FIRST)).orElseThrow();
    remember(present);
    var going =
        new NamespaceBuilder(namespace(FIRST))
            .editMetadata()
            .withDeletionTimestamp(SECOND.toString())
            .endMetadata()
            .build();
    assertThat(look(SECOND, going)).contains(present);
    assertThat(look(SECOND)).contains(present);
  }

  @Test
  void nothingIsSaidOfDataThatAreElsewhere() {
    var elsewhere =
        app("{postgres: {external: {secretName: a}}, redis: {external: {secretName: b}}}");
    assertThat(DataPresence.of(elsewhere, view(namespace(FIRST)), FIRST)).isEmpty();
  }

  private Optional<Condition> look(Instant now, Namespace... namespaces) {
    return DataPresence.of(app, view(namespaces), now);
  }

  private static ObservedState view(Namespace... namespaces) {
    return new ObservedState(List.of(namespaces));
  }

  private void remember(Condition condition) {
    app.setStatus(
        Serialization.unmarshal(
            Serialization.asJson(Map.of("conditions", List.of(condition))), VotingAppStatus.class));
  }

  private static Namespace namespace(Instant created) {
    return new NamespaceBuilder()
        .withNewMetadata()
        .withName("voting-data")
        .withCreationTimestamp(created.toString())
        .endMetadata()
        .build();
  }

  private static VotingApp app(String spec) {
    return Serialization.unmarshal(
        "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {name: voting}\nspec: " + spec,
        VotingApp.class);
  }
}
