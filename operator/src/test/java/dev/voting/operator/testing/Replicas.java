package dev.voting.operator.testing;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Objects;

/** How many pods a workload wants. */
final class Replicas {
  private Replicas() {}

  static int of(HasMetadata workload) {
    return switch (workload) {
      case Deployment deployment ->
          Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1);
      case StatefulSet set -> Objects.requireNonNullElse(set.getSpec().getReplicas(), 1);
      case Job job -> Objects.requireNonNullElse(job.getSpec().getParallelism(), 1);
      default -> throw new IllegalArgumentException(workload.getKind());
    };
  }
}
