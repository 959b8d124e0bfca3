package dev.voting.operator.steps;

import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Stage;
import dev.voting.operator.cluster.ClientRollout;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.secrets.CredentialStore.Resolution.Found;
import dev.voting.operator.status.EventRecorder;
import dev.voting.operator.status.RotationReport;
import java.util.List;
import java.util.Optional;

/**
 * Stores the credentials, before anybody is given any. While that is refused, those that are stored
 * stay in force.
 */
public record StoreCredentials(ApplyObjects apply, EventRecorder events) implements Step {

  @Override
  public Plan run(Plan plan) {
    return plan.wanted()
        .unstored()
        .map(found -> store(found, plan))
        .orElseGet(() -> withRotation(plan));
  }

  private Plan store(Found found, Plan plan) {
    var next = withRotation(withoutUnneededLogins(found, plan));
    var refused = apply.stage(next, Stage.Name.CREDENTIALS);
    if (refused.isEmpty()) {
      report(found, next);
      return next;
    }
    var failed = next.fail(refused.stream().map(Finding::notStored).toList());
    return found.kept().map(kept -> withKept(kept, failed)).orElseGet(failed::stop);
  }

  /** The old logins are there as long as a rotation needs them. */
  private static Plan withoutUnneededLogins(Found found, Plan plan) {
    return plan.credentials() instanceof Credentials.Managed managed
            && managed.outgoing().isPresent()
            && !found.begins()
            && ClientRollout.waitsFor(plan.blueprint(), plan.observed()).isEmpty()
        ? plan.withCredentials(managed.withoutOutgoing())
        : plan;
  }

  private void report(Found found, Plan plan) {
    if (found.begins()) {
      events.report(
          plan.app(),
          "Normal",
          "RotationStarted",
          "new credentials are valid beside the old ones, and pods roll to them");
    } else if (!plan.credentials().equals(found.credentials())) {
      events.report(
          plan.app(),
          "Normal",
          "CredentialsRotated",
          "every pod uses the new credentials: the old ones end");
    }
  }

  /** What has been asked for cannot begin or end while the credentials cannot be stored. */
  private static Plan withKept(Credentials kept, Plan plan) {
    var next = plan.withCredentials(kept);
    return plan.notes().rotation().isEmpty() || plan.credentials().equals(kept)
        ? withRotation(next)
        : next.withRotation(plan.notes().rotation().map(RotationReport::unstored));
  }

  /** Notes how the rotation of the plan's credentials is. */
  public static Plan withRotation(Plan plan) {
    return plan.withRotation(
        Optional.of(plan.credentials())
            .filter(Credentials.Managed.class::isInstance)
            .map(Credentials.Managed.class::cast)
            .filter(managed -> managed.outgoing().isPresent() || !managed.rotation().isEmpty())
            .map(
                managed ->
                    new RotationReport(
                        managed.rotation(),
                        managed.outgoing().isPresent()
                            ? ClientRollout.waitsFor(plan.blueprint(), plan.observed())
                            : List.of())));
  }
}
