package dev.voting.operator.steps.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.PostgresReport;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Only what certainly never held anything may be deleted. */
class UnboundClaimsTest {

  private static final PersistentVolumeClaim PENDING =
      new PersistentVolumeClaimBuilder()
          .withNewMetadata()
          .withName("data-postgres-0")
          .endMetadata()
          .withNewSpec()
          .withStorageClassName("nobody-has-it")
          .endSpec()
          .withNewStatus()
          .withPhase("Pending")
          .endStatus()
          .build();

  @Test
  void aClaimThatWaitsForItsFirstVolumeIsEmpty() {
    assertThat(UnboundClaims.isEmpty(PENDING)).isTrue();
  }

  @Test
  void whatHasOrHadAVolumeOrIsToHaveOneOfSomebodysIsNot() {
    assertThat(isEmpty(claim -> claim.withStatus(null))).isFalse();
    assertThat(isEmpty(claim -> claim.editStatus().withPhase("Bound").endStatus())).isFalse();
    assertThat(isEmpty(claim -> claim.editStatus().withPhase("Lost").endStatus())).isFalse();
    assertThat(
            isEmpty(
                claim ->
                    claim.editStatus().addToCapacity("storage", new Quantity("1Gi")).endStatus()))
        .isFalse();
    assertThat(isEmpty(claim -> claim.editSpec().withVolumeName("pv-1").endSpec())).isFalse();
    assertThat(
            isEmpty(
                claim ->
                    claim
                        .editSpec()
                        .withNewDataSource("snapshot.storage.k8s.io", "VolumeSnapshot", "s")
                        .endSpec()))
        .isFalse();
    assertThat(
            isEmpty(
                claim ->
                    claim
                        .editSpec()
                        .withNewDataSourceRef()
                        .withName("s")
                        .endDataSourceRef()
                        .endSpec()))
        .isFalse();
    assertThat(isEmpty(claim -> claim.editSpec().withNewSelector().endSelector().endSpec()))
        .isFalse();
    assertThat(
            isEmpty(
                claim ->
                    claim
                        .editMetadata()
                        .addToAnnotations("pv.kubernetes.io/bind-completed", "yes")
                        .endMetadata()))
        .isFalse();
    assertThat(
            isEmpty(
                claim ->
                    claim
                        .editMetadata()
                        .addToAnnotations(PostgresReport.ANNOTATION, "15")
                        .endMetadata()))
        .isFalse();
  }

  /** As where the cache does not know the new StatefulSet yet, but its claim. */
  @Test
  void theDefaultClassThatIsFilledInIsNoneToReCreateAClaimFor() {
    var set =
        Renderings.of("voting", "{}")
            .objects()
            .filter(StatefulSet.class::isInstance)
            .map(StatefulSet.class::cast)
            .filter(found -> found.getMetadata().getName().equals(Names.POSTGRES))
            .findFirst()
            .orElseThrow();
    var claim =
        new PersistentVolumeClaimBuilder(PENDING)
            .editMetadata()
            .withNamespace(set.getMetadata().getNamespace())
            .endMetadata()
            .editSpec()
            .withStorageClassName("standard")
            .withNewResources()
            .addToRequests("storage", new Quantity("1Gi"))
            .endResources()
            .endSpec()
            .build();
    // Without a client nothing can be deleted.
    var claims = new UnboundClaims(null);
    assertThat(
            claims.clear(
                set, Optional.empty(), new ObservedState(List.of(claim)), new ArrayList<>()))
        .isFalse();
  }

  private static boolean isEmpty(UnaryOperator<PersistentVolumeClaimBuilder> change) {
    return UnboundClaims.isEmpty(change.apply(new PersistentVolumeClaimBuilder(PENDING)).build());
  }
}
