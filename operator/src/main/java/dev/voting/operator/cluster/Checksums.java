package dev.voting.operator.cluster;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Optional;

/** What pods read at their start, by the checksum that their template carries. */
public final class Checksums {

  private Checksums() {}

  /**
   * The checksum of a workload's pods, or of one pod.
   *
   * @param object of any kind
   * @return empty where there is none
   */
  public static Optional<String> of(HasMetadata object) {
    return switch (object) {
      case Deployment deployment -> of(deployment.getSpec().getTemplate().getMetadata());
      case StatefulSet set -> of(set.getSpec().getTemplate().getMetadata());
      case Job job -> of(job.getSpec().getTemplate().getMetadata());
      case Pod pod -> of(pod.getMetadata());
      default -> Optional.empty();
    };
  }

  private static Optional<String> of(ObjectMeta metadata) {
    return Optional.ofNullable(metadata.getAnnotations())
        .map(annotations -> annotations.get(Names.CHECKSUM));
  }
}
