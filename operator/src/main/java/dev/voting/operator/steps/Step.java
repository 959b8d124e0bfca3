package dev.voting.operator.steps;

import dev.voting.operator.cluster.Finding;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One step of a reconciliation: what its name says, and nothing else. */
public interface Step {

  /**
   * Makes the step.
   *
   * @return the plan as the next step finds it, with what went wrong
   */
  Plan run(Plan plan);

  /** What becomes of a plan whose step failed: nothing more is done, unless the step says so. */
  default Plan afterFailure(Plan plan) {
    return plan.stop();
  }

  /** Whether the step only puts something off, which a preview shows all the same. */
  default boolean onlyDelays() {
    return false;
  }

  /** Forgets the VotingApps that are no more. */
  default void retain(Set<String> apps) {}

  /** Makes steps one after the other, until one stops the plan. */
  static Plan runAll(List<Step> steps, Plan plan) {
    var next = plan;
    for (var step : steps) {
      if (!next.isOver()) {
        next = attempt(step, next);
      }
    }
    return next;
  }

  /** Makes one step, whose failure is noted. */
  static Plan attempt(Step step, Plan plan) {
    try {
      return step.run(plan);
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      if (!(e instanceof KubernetesClientException)) {
        Logger log = LoggerFactory.getLogger(Step.class);
        log.error(
            "{} failed in the reconciliation of {}",
            step.getClass().getSimpleName(),
            plan.app().name(),
            e);
      }
      return step.afterFailure(plan.fail(List.of(Finding.failed(e))));
    }
  }
}
