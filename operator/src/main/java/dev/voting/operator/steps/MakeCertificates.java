package dev.voting.operator.steps;

import dev.voting.operator.blueprint.Stage;
import dev.voting.operator.secrets.CertificateStore;

/**
 * Makes the certificates, or has them made. No server starts without its own, and none that runs
 * changes for the lack of it.
 */
public record MakeCertificates(CertificateStore store, ApplyObjects apply) implements Step {

  @Override
  public Plan run(Plan plan) {
    var found = store.resolve(plan.app(), plan.observed());
    var next =
        plan.withCertificates(found.certificates()).lookAgain(found.due()).block(found.problems());
    var refused = apply.stage(next, Stage.Name.AUTHORITY);
    if (refused.isEmpty()) {
      refused = apply.stage(next, Stage.Name.CERTIFICATES);
    }
    next = next.fail(refused);
    return found.isComplete() && (refused.isEmpty() || found.stored()) ? next : next.stop();
  }
}
