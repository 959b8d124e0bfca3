package dev.voting.operator.steps;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.PostgresReport;
import io.fabric8.kubernetes.api.model.Container;
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
import java.util.stream.Stream;

/**
 * Keeps PostgreSQL from being started on data of another major version, which it cannot read.
 *
 * <p>Which version the data are of is reported by the pod, which reads it from the data themselves,
 * and recorded on their claim, so that it is known for as long as the data are there. An image
 * whose tag says beyond doubt that it is of another version is held back; any other is judged by
 * its own pod, which then starts no server.
 */
public final class PostgresMajor {

  /**
   * The official image, or a mirror of it. Tags of any other name mean whatever their owner says.
   */
  private static final Pattern OFFICIAL =
      Pattern.compile("(?:^|/)postgres:(\\d\\d)(?:[.-][^/:@]*)?(?:@.*)?$");

  private final KubernetesClient client;
  private final PatchContext context;

  public PostgresMajor(KubernetesClient client) {
    this(client, PatchContext.of(PatchType.JSON_MERGE));
  }

  /**
   * @param context of the one thing that is written: the record on the claim
   */
  public PostgresMajor(KubernetesClient client, PatchContext context) {
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
  public record Outcome(Blueprint blueprint, List<Finding> obstacles, List<Finding> problems) {}

  public Outcome check(Blueprint blueprint, ObservedState view) {
    var obstacles = new ArrayList<Finding>();
    var problems = new ArrayList<Finding>();
    var applicable = blueprint.map(object -> applicable(object, view, obstacles, problems));
    return new Outcome(applicable, obstacles, problems);
  }

  private Optional<HasMetadata> applicable(
      HasMetadata object, ObservedState view, List<Finding> obstacles, List<Finding> problems) {
    if (!(object instanceof StatefulSet desired)
        || !desired.getMetadata().getName().equals(Names.POSTGRES)) {
      return Optional.of(object);
    }
    var claim = view.claims(desired).stream().findFirst();
    if (claim.isEmpty()) {
      return Optional.of(desired);
    }
    var report = report(desired, view);
    var data = data(claim.get(), report, problems);
    var image = server(desired).map(Container::getImage).orElse("");
    var wanted = major(image);
    if (data.isPresent() && wanted.isPresent() && !wanted.equals(data)) {
      obstacles.add(unreadable(claim.get(), data.get(), image));
      return view.find(desired)
          .flatMap(PostgresMajor::server)
          .filter(actual -> major(actual.getImage()).filter(is -> !data.get().equals(is)).isEmpty())
          .map(actual -> held(desired, image, actual));
    }
    report
        .filter(found -> found.refused() && found.image().equals(image))
        .flatMap(PostgresReport::data)
        .ifPresent(version -> obstacles.add(unreadable(claim.get(), version, image)));
    return Optional.of(desired);
  }

  private static Finding unreadable(PersistentVolumeClaim claim, String version, String image) {
    return new Finding(
        "PostgresMajorVersion",
        ("the data in %s are of PostgreSQL %s, which image %s cannot read: set"
                + " spec.postgres.image to one of %s, or back up, create another VotingApp"
                + " with the new image and restore the backup into it")
            .formatted(ObjectKey.of(claim), version, image, version));
  }

  private static Optional<PostgresReport> report(StatefulSet set, ObservedState view) {
    var component = set.getMetadata().getLabels().get(Names.COMPONENT);
    return view.all(Pod.class).stream()
        .filter(pod -> component.equals(pod.getMetadata().getLabels().get(Names.COMPONENT)))
        .filter(pod -> !pod.isMarkedForDeletion())
        .flatMap(pod -> PostgresReport.of(pod).stream())
        .findFirst();
  }

  /** What the data themselves say, and where no pod has read them, what is recorded. */
  private Optional<String> data(
      PersistentVolumeClaim claim, Optional<PostgresReport> report, List<Finding> problems) {
    var recorded = PostgresReport.recorded(claim);
    var reported = report.flatMap(PostgresReport::data);
    reported
        .filter(version -> !Optional.of(version).equals(recorded))
        .ifPresent(version -> record(claim, version, problems));
    return reported.or(() -> recorded);
  }

  private void record(PersistentVolumeClaim claim, String version, List<Finding> problems) {
    try {
      client
          .resource(claim)
          .patch(
              context,
              client
                  .getKubernetesSerialization()
                  .asJson(
                      Map.of(
                          "metadata",
                          Map.of("annotations", Map.of(PostgresReport.ANNOTATION, version)))));
    } catch (KubernetesClientException e) {
      problems.add(Finding.refused(ObjectKey.of(claim), e));
    }
  }

  public static Optional<String> major(String image) {
    var tag = OFFICIAL.matcher(image);
    return tag.find() ? Optional.of(tag.group(1)) : Optional.empty();
  }

  private static Optional<Container> server(StatefulSet set) {
    return PostgresReport.find(
        set.getSpec().getTemplate().getSpec().getContainers(), Container::getName);
  }

  /** The same with the image that runs, in every container that was to have the refused one. */
  private static HasMetadata held(StatefulSet desired, String refused, Container actual) {
    var copy = new StatefulSetBuilder(desired).build();
    containers(copy.getSpec().getTemplate().getSpec())
        .filter(container -> refused.equals(container.getImage()))
        .forEach(
            container -> {
              container.setImage(actual.getImage());
              if (container.getImagePullPolicy() != null) {
                container.setImagePullPolicy(actual.getImagePullPolicy());
              }
            });
    return copy;
  }

  private static Stream<Container> containers(PodSpec pod) {
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream());
  }
}
