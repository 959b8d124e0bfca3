package dev.voting.operator.blueprint;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A pod that a blueprint has run.
 *
 * @param component whose it is
 * @param namespace where it runs
 */
public record PodTemplates(String component, String namespace, PodTemplateSpec template) {

  /** All pods of a blueprint. */
  public static Stream<PodTemplates> of(Blueprint blueprint) {
    return blueprint
        .objects()
        .flatMap(
            object ->
                template(object).stream()
                    .map(
                        template ->
                            new PodTemplates(
                                object.getMetadata().getLabels().get(Names.COMPONENT),
                                object.getMetadata().getNamespace(),
                                template)));
  }

  private static Optional<PodTemplateSpec> template(HasMetadata object) {
    return switch (object) {
      case Deployment deployment -> Optional.of(deployment.getSpec().getTemplate());
      case StatefulSet set -> Optional.of(set.getSpec().getTemplate());
      case Job job -> Optional.of(job.getSpec().getTemplate());
      default -> Optional.empty();
    };
  }
}
