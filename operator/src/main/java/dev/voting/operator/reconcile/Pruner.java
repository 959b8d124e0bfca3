package dev.voting.operator.reconcile;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.status.Availability;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Deletes what the operator once made and the blueprint holds no longer. */
final class Pruner {

  private static final Set<String> SERVERS = Set.of(Names.POSTGRES, Names.REDIS);

  private final KubernetesClient client;

  Pruner(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Deletes what is no longer wanted. A workload goes only once what takes its place is available,
   * and a server once its clients use another, so that nothing is without service in between.
   *
   * @return what went wrong
   */
  List<Problem> prune(Blueprint blueprint, View view) {
    var problems = new ArrayList<Problem>();
    var unavailable =
        blueprint
            .objects()
            .filter(Availability::isWorkload)
            .filter(desired -> view.find(desired).filter(Availability::isAvailable).isEmpty())
            .map(Pruner::component)
            .collect(Collectors.toSet());
    superfluous(blueprint, view)
        .filter(object -> !isNeededStill(object, unavailable))
        .forEach(object -> delete(object, problems));
    return problems;
  }

  /** What goes, sooner or later. */
  static Stream<HasMetadata> superfluous(Blueprint blueprint, View view) {
    var wanted = blueprint.objects().map(ObjectKey::of).collect(Collectors.toSet());
    return view.objects().filter(object -> isSuperfluous(object, wanted));
  }

  /**
   * Only what this operator applied itself, not what others labelled alike. Namespaces and Secrets
   * stay in any case: with them go data, and no change of a spec may lose any.
   */
  private static boolean isSuperfluous(HasMetadata object, Set<ObjectKey> wanted) {
    return Kinds.isManaged(object)
        && !(object instanceof Namespace)
        && !(object instanceof Secret)
        && !wanted.contains(ObjectKey.of(object))
        && !object.isMarkedForDeletion()
        && object.getMetadata().getManagedFields().stream()
            .anyMatch(entry -> Names.OPERATOR.equals(entry.getManager()));
  }

  /** A server goes only after its clients have all left it, with all that belongs to it. */
  private static boolean isNeededStill(HasMetadata object, Set<String> unavailable) {
    return SERVERS.contains(component(object))
        ? !unavailable.isEmpty()
        : Availability.isWorkload(object)
            && !Availability.isDone(object)
            && unavailable.contains(component(object));
  }

  private static String component(HasMetadata object) {
    return object.getMetadata().getLabels().getOrDefault(Names.COMPONENT, "");
  }

  private void delete(HasMetadata object, List<Problem> problems) {
    try {
      client.resource(object).withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
    } catch (KubernetesClientException e) {
      problems.add(Problem.refused(ObjectKey.of(object), e));
    }
  }
}
