package dev.voting.operator.steps.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A volume whose file system has to grow. */
class ClaimSizesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LONG_AGO = NOW.minus(ClaimSizes.PATIENCE);
  private static final StatefulSet SET =
      Renderings.of("voting", "{postgres: {storage: {size: 3Gi}}}")
          .objects()
          .filter(StatefulSet.class::isInstance)
          .map(StatefulSet.class::cast)
          .filter(set -> set.getMetadata().getName().equals(Names.POSTGRES))
          .findFirst()
          .orElseThrow();

  @Test
  void itsPodIsRestartedAfterAWhile() {
    assertThat(ClaimSizes.waitsForStart(SET, claim("1Gi", NOW), NOW)).isFalse();
    assertThat(ClaimSizes.waitsForStart(SET, claim("1Gi", LONG_AGO), NOW)).isTrue();
    assertThat(ClaimSizes.waitsForStart(SET, claim("3Gi", LONG_AGO), NOW)).isFalse();
  }

  @Test
  void onlyWhereThatDidNotHelpAnAdminIsAsked() {
    var claim = claim("1Gi", LONG_AGO);

    assertThat(stalled(claim)).as("about to be restarted").isFalse();
    assertThat(stalled(claim, pod(Map.of(), LONG_AGO))).as("of before").isFalse();
    assertThat(stalled(claim, pod(started("3Gi"), NOW))).as("just started").isFalse();
    assertThat(ClaimSizes.next(SET, view(claim, pod(started("3Gi"), NOW)), NOW))
        .contains(Duration.ofMinutes(2));
    assertThat(stalled(claim, pod(started("2Gi"), LONG_AGO))).as("for another size").isFalse();
    assertThat(stalled(claim, pod(started("3Gi"), LONG_AGO))).isTrue();
    assertThat(stalled(claim("3Gi", LONG_AGO), pod(started("3Gi"), LONG_AGO))).isFalse();
  }

  private static boolean stalled(PersistentVolumeClaim claim, Pod... pods) {
    return ClaimSizes.stalled(SET, view(claim, pods), NOW)
        .filter(problem -> problem.reason().equals("StorageGrowthPending"))
        .isPresent();
  }

  private static ObservedState view(PersistentVolumeClaim claim, Pod... pods) {
    return new ObservedState(List.of(pods)).with(List.of(claim));
  }

  private static Map<String, String> started(String size) {
    return Map.of(OfflineGrowth.STARTED_FOR, size);
  }

  private static Pod pod(Map<String, String> annotations, Instant created) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(SET.getMetadata().getNamespace())
        .withName("postgres-0")
        .withAnnotations(annotations)
        .withCreationTimestamp(created.toString())
        .endMetadata()
        .build();
  }

  private static PersistentVolumeClaim claim(String capacity, Instant pendingSince) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(SET.getMetadata().getNamespace())
        .withName("data-postgres-0")
        .endMetadata()
        .withNewSpec()
        .withNewResources()
        .addToRequests("storage", new Quantity("3Gi"))
        .endResources()
        .endSpec()
        .withNewStatus()
        .withPhase("Bound")
        .addToCapacity("storage", new Quantity(capacity))
        .addNewCondition()
        .withType("FileSystemResizePending")
        .withStatus("True")
        .withLastTransitionTime(pendingSince.toString())
        .endCondition()
        .endStatus()
        .build();
  }
}
