package dev.voting.operator.steps.storage;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.PostgresReport;
import dev.voting.operator.steps.Plan;
import dev.voting.operator.steps.Step;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Holds back an image of PostgreSQL that cannot read the data, which are of another major version.
 * An image whose tag says beyond doubt that it is of another version is held back; any other is
 * validated by its own pod, which then starts no server.
 */
public final class HoldPostgresMajor implements Step {

  /**
   * The official image, or a mirror of it. Tags of any other name mean whatever their owner says.
   */
  private static final Pattern OFFICIAL =
      Pattern.compile("(?:^|/)postgres:(\\d\\d)(?:[.-][^/:@]*)?(?:@.*)?$");

  @Override
  public Plan run(Plan plan) {
    var obstacles = new ArrayList<Finding>();
    var applicable =
        plan.applicable().map(object -> applicable(object, plan.observed(), obstacles));
    return plan.block(obstacles).withApplicable(applicable);
  }

  @Override
  public Plan afterFailure(Plan plan) {
    return StatefulSets.leaveAsTheyAre(plan);
  }

  private static Optional<HasMetadata> applicable(
      HasMetadata object, ObservedState view, List<Finding> obstacles) {
    if (!(object instanceof StatefulSet desired)
        || !desired.getMetadata().getName().equals(Names.POSTGRES)) {
      return Optional.of(object);
    }
    var claim = view.claims(desired).stream().findFirst();
    if (claim.isEmpty()) {
      return Optional.of(desired);
    }
    var report = PostgresReport.of(desired, view);
    // What the data themselves say, and where no pod has read them, what is recorded.
    var data = report.flatMap(PostgresReport::data).or(() -> PostgresReport.recorded(claim.get()));
    var image = server(desired).map(Container::getImage).orElse("");
    var wanted = major(image);
    if (data.isPresent() && wanted.isPresent() && !wanted.equals(data)) {
      obstacles.add(unreadable(claim.get(), data.get(), image));
      return view.find(desired)
          .flatMap(HoldPostgresMajor::server)
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
