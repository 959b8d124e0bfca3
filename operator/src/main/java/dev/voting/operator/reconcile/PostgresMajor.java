package dev.voting.operator.reconcile;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Keeps PostgreSQL from being started on data of another major version, which it cannot read. Which
 * version the data are of is written on their claim as soon as a server has run on it, so that it
 * is known for as long as the data are there.
 */
final class PostgresMajor {

  /** Annotation of a claim: the major version of PostgreSQL whose data it holds. */
  static final String ANNOTATION = "voting.dev/postgres-major";

  private static final Pattern TAG = Pattern.compile(":(\\d+)(?:[.-][^/:@]*)?(?:@.*)?$");

  private final KubernetesClient client;
  private final PatchContext context;

  PostgresMajor(KubernetesClient client) {
    this(client, PatchContext.of(PatchType.JSON_MERGE));
  }

  /**
   * @param context of the one thing that is written: the record on the claim
   */
  PostgresMajor(KubernetesClient client, PatchContext context) {
    this.client = client;
    this.context = context;
  }

  /**
   * What can be applied.
   *
   * @param blueprint with the image that runs, or without the StatefulSet, while the wanted image
   *     cannot read the data
   * @param obstacles why it cannot
   * @param problems what went wrong
   */
  record Outcome(Blueprint blueprint, List<Problem> obstacles, List<Problem> problems) {}

  Outcome check(Blueprint blueprint, View view) {
    var obstacles = new ArrayList<Problem>();
    var problems = new ArrayList<Problem>();
    var applicable = blueprint.map(object -> applicable(object, view, obstacles, problems));
    return new Outcome(applicable, obstacles, problems);
  }

  private Optional<HasMetadata> applicable(
      HasMetadata object, View view, List<Problem> obstacles, List<Problem> problems) {
    if (!(object instanceof StatefulSet desired)
        || !desired.getMetadata().getName().equals(Names.POSTGRES)) {
      return Optional.of(object);
    }
    var claim = ClaimGrowth.claims(desired, view).stream().findFirst();
    if (claim.isEmpty()) {
      return Optional.of(desired);
    }
    var recorded = recorded(claim.get()).or(() -> record(claim.get(), desired, view, problems));
    var wanted = major(desired.getSpec().getTemplate().getSpec());
    if (recorded.isEmpty() || wanted.isEmpty() || wanted.equals(recorded)) {
      return Optional.of(desired);
    }
    obstacles.add(
        new Problem(
            "PostgresMajorVersion",
            ("the data in %s are of PostgreSQL %s, which image %s cannot read: set"
                    + " spec.postgres.image to one of %s, or back up, create another VotingApp"
                    + " with the new image and restore the backup into it")
                .formatted(
                    ObjectKey.of(claim.get()),
                    recorded.get(),
                    image(desired.getSpec().getTemplate().getSpec()),
                    recorded.get())));
    return view.find(desired)
        .filter(actual -> major(actual.getSpec().getTemplate().getSpec()).equals(recorded))
        .map(actual -> withImage(desired, image(actual.getSpec().getTemplate().getSpec())));
  }

  private static Optional<String> recorded(PersistentVolumeClaim claim) {
    return Optional.ofNullable(claim.getMetadata().getAnnotations())
        .map(annotations -> annotations.get(ANNOTATION));
  }

  /** By the image of a pod whose server has run, and so has made its data directory. */
  private Optional<String> record(
      PersistentVolumeClaim claim, StatefulSet set, View view, List<Problem> problems) {
    var component = set.getMetadata().getLabels().get(Names.COMPONENT);
    var major =
        view.all(Pod.class).stream()
            .filter(pod -> component.equals(pod.getMetadata().getLabels().get(Names.COMPONENT)))
            .filter(PostgresMajor::hasRun)
            .flatMap(pod -> major(pod.getSpec()).stream())
            .findFirst();
    major.ifPresent(
        version -> {
          try {
            client
                .resource(claim)
                .patch(
                    context,
                    client
                        .getKubernetesSerialization()
                        .asJson(
                            Map.of(
                                "metadata", Map.of("annotations", Map.of(ANNOTATION, version)))));
          } catch (KubernetesClientException e) {
            problems.add(Problem.refused(ObjectKey.of(claim), e));
          }
        });
    return major;
  }

  private static boolean hasRun(Pod pod) {
    return pod.getStatus() != null
        && (pod.getStatus().getConditions().stream()
                .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"))
            || pod.getStatus().getContainerStatuses().stream()
                .anyMatch(
                    status ->
                        status.getState() != null
                            && (status.getState().getRunning() != null
                                || status.getState().getTerminated() != null)));
  }

  static Optional<String> major(String image) {
    var tag = TAG.matcher(image);
    return tag.find() ? Optional.of(tag.group(1)) : Optional.empty();
  }

  private static Optional<String> major(PodSpec pod) {
    return major(image(pod));
  }

  private static String image(PodSpec pod) {
    return pod.getContainers().getFirst().getImage();
  }

  private static HasMetadata withImage(StatefulSet desired, String image) {
    return new StatefulSetBuilder(desired)
        .editSpec()
        .editTemplate()
        .editSpec()
        .editFirstContainer()
        .withImage(image)
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
