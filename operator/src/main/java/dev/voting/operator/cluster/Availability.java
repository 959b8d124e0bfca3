package dev.voting.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Optional;

/**
 * How a workload is: what its controller last reported.
 *
 * @param ready pods that are ready
 * @param desired pods that there should be
 * @param current whether the controller has seen the newest spec and all pods are of it
 */
public record Availability(int ready, int desired, boolean current) {

  /**
   * Whether an object runs pods.
   *
   * @param object of any kind
   */
  public static boolean isWorkload(HasMetadata object) {
    return object instanceof Deployment || object instanceof StatefulSet || object instanceof Job;
  }

  /**
   * Whether all pods that there should be are ready, and of the newest spec.
   *
   * @param workload a Deployment, StatefulSet or Job as the cluster holds it
   */
  public static boolean isAvailable(HasMetadata workload) {
    return of(workload).isAvailable();
  }

  /**
   * Whether a Job has ended, well or not.
   *
   * @param workload of any kind
   */
  public static boolean isDone(HasMetadata workload) {
    return workload instanceof Job job && ended(job).isPresent();
  }

  /**
   * How a Job ended.
   *
   * @param job as the cluster holds it
   * @return its condition {@code Complete} or {@code Failed}; empty while it runs
   */
  public static Optional<io.fabric8.kubernetes.api.model.batch.v1.JobCondition> ended(Job job) {
    return job.getStatus() == null
        ? Optional.empty()
        : job.getStatus().getConditions().stream()
            .filter(c -> c.getType().equals("Complete") || c.getType().equals("Failed"))
            .filter(c -> c.getStatus().equals("True"))
            .findFirst();
  }

  /**
   * Reads a workload's status.
   *
   * @param workload a Deployment, StatefulSet or Job as the cluster holds it
   */
  public static Availability of(HasMetadata workload) {
    return switch (workload) {
      case Deployment deployment -> of(deployment);
      case StatefulSet set -> of(set);
      case Job job -> of(job);
      default -> throw new IllegalArgumentException(workload.getKind() + " runs no pods");
    };
  }

  public boolean isAvailable() {
    return current && ready >= desired;
  }

  /**
   * How many pods a workload is to have.
   *
   * @param workload a Deployment, StatefulSet or Job, of the blueprint or of the cluster
   * @return at least one where an autoscaler decides
   */
  public static int desired(HasMetadata workload) {
    var replicas =
        switch (workload) {
          case Deployment deployment -> deployment.getSpec().getReplicas();
          case StatefulSet set -> set.getSpec().getReplicas();
          case Job job -> job.getSpec().getParallelism();
          default -> throw new IllegalArgumentException(workload.getKind() + " runs no pods");
        };
    return replicas == null ? 1 : replicas;
  }

  private static Availability of(Deployment deployment) {
    int desired = desired(deployment);
    var status = deployment.getStatus();
    return status == null
        ? new Availability(0, desired, false)
        : new Availability(
            number(status.getReadyReplicas()),
            desired,
            observed(deployment, status.getObservedGeneration())
                && number(status.getUpdatedReplicas()) >= desired
                // While a pod from before is left, it may be the one that is ready.
                && number(status.getReplicas()) <= number(status.getUpdatedReplicas()));
  }

  private static Availability of(StatefulSet set) {
    int desired = desired(set);
    var status = set.getStatus();
    return status == null
        ? new Availability(0, desired, false)
        : new Availability(
            number(status.getReadyReplicas()),
            desired,
            observed(set, status.getObservedGeneration())
                && (status.getUpdateRevision() == null
                    || number(status.getUpdatedReplicas()) >= desired));
  }

  private static Availability of(Job job) {
    int desired = desired(job);
    return job.getStatus() == null || isDone(job)
        ? new Availability(0, desired, false)
        : new Availability(number(job.getStatus().getReady()), desired, true);
  }

  private static boolean observed(HasMetadata object, Long generation) {
    return generation != null && generation >= object.getMetadata().getGeneration();
  }

  private static int number(Integer given) {
    return given == null ? 0 : given;
  }
}
