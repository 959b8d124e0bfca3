package dev.voting.operator.secrets;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.PostgresReport;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/**
 * Who owns the database: whom the spec names, as long as there is no database, so that a wrong name
 * can be corrected; and from then on whoever owns it.
 */
public final class PostgresOwner {
  private PostgresOwner() {}

  /**
   * The user to work with.
   *
   * @param kept the one that is in use
   */
  public static String of(VotingApp app, Optional<String> kept, ObservedState view) {
    var wanted = app.getSpec().secrets().postgres().user();
    return kept.filter(_ -> hasDatabase(app, view)).orElse(wanted);
  }

  /** Says so where the spec names another one than the owner. */
  public static Optional<Finding> refusal(VotingApp app, Credentials credentials) {
    var wanted = app.getSpec().secrets().postgres().user();
    return credentials instanceof Credentials.Managed managed
            && app.getSpec().postgres().external() == null
            && !managed.postgresUser().equals(wanted)
        ? Optional.of(
            new Finding(
                "PostgresUserChanged",
                ("the database in namespace %s is owned by %s, not by %s: set"
                        + " spec.secrets.postgres.user to %s, or create another VotingApp with the"
                        + " new user and restore a backup into it")
                    .formatted(
                        new Names(app.name()).dataNamespace(),
                        managed.postgresUser(),
                        wanted,
                        managed.postgresUser())))
        : Optional.empty();
  }

  /** By the record on the claim, or by what a pod has read that is not recorded yet. */
  private static boolean hasDatabase(VotingApp app, ObservedState view) {
    var namespace = new Names(app.name()).dataNamespace();
    return view.all(PersistentVolumeClaim.class).stream()
            .filter(claim -> claim.getMetadata().getNamespace().equals(namespace))
            .anyMatch(claim -> PostgresReport.recorded(claim).isPresent())
        || view.all(Pod.class).stream()
            .filter(pod -> pod.getMetadata().getNamespace().equals(namespace))
            .flatMap(pod -> PostgresReport.of(pod).stream())
            .anyMatch(report -> report.data().isPresent());
  }
}
