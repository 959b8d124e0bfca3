package dev.voting.operator.steps.storage;

import dev.voting.operator.apply.Writes;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.PostgresReport;
import dev.voting.operator.steps.Plan;
import dev.voting.operator.steps.Step;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;

/**
 * Records on the claim which version of PostgreSQL the data are of, as the pod reads it from the
 * data themselves, so that it is known for as long as the data are there.
 */
public record RecordPostgresMajor(Writes writes) implements Step {

  @Override
  public Plan run(Plan plan) {
    return plan.fail(
        StatefulSets.of(plan.applicable())
            .filter(set -> set.getMetadata().getName().equals(Names.POSTGRES))
            .flatMap(set -> record(set, plan).stream())
            .toList());
  }

  @Override
  public Plan afterFailure(Plan plan) {
    return StatefulSets.leaveAsTheyAre(plan);
  }

  private Optional<Finding> record(StatefulSet set, Plan plan) {
    var claim = plan.observed().claims(set).stream().findFirst();
    var reported = PostgresReport.of(set, plan.observed()).flatMap(PostgresReport::data);
    return claim.isEmpty()
            || reported.isEmpty()
            || reported.equals(PostgresReport.recorded(claim.get()))
        ? Optional.empty()
        : record(claim.get(), reported.get());
  }

  private Optional<Finding> record(PersistentVolumeClaim claim, String version) {
    try {
      writes.merge(
          claim,
          Map.of("metadata", Map.of("annotations", Map.of(PostgresReport.ANNOTATION, version))));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(Finding.refused(ObjectKey.of(claim), e));
    }
  }
}
