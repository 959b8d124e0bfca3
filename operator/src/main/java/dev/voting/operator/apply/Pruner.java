package dev.voting.operator.apply;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.ClientRollout;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.Kinds;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Deletes what the operator once made and the blueprint holds no longer. */
public final class Pruner {

  private static final Set<String> SERVERS = Set.of(Names.POSTGRES, Names.REDIS);

  private final Writes writes;

  public Pruner(Writes writes) {
    this.writes = writes;
  }

  /**
   * Deletes what is no longer wanted. A workload goes only once what takes its place is available,
   * and a server once its clients use another, so that nothing is without service in between.
   *
   * @param refused what could not be applied, and so takes nothing's place
   * @return what went wrong
   */
  public List<Finding> prune(Blueprint blueprint, ObservedState view, Set<ObjectKey> refused) {
    var problems = new ArrayList<Finding>();
    var needs = new Needs(blueprint, view, refused);
    superfluous(blueprint, view)
        .filter(object -> !needs.stillNeed(object))
        .forEach(object -> delete(object, problems));
    return problems;
  }

  /** What goes, sooner or later. */
  public static Stream<HasMetadata> superfluous(Blueprint blueprint, ObservedState view) {
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

  /** What the system that runs needs, beside what the blueprint holds. */
  private static final class Needs {
    private final ObservedState view;
    private final Set<String> unavailable;
    private final Set<Role> unfilled;

    /** Whether pods of before are left, or those of now are not all there. */
    private final boolean clientsRoll;

    /** Without any, everything may reach everything. */
    private final boolean hasPolicies;

    Needs(Blueprint blueprint, ObservedState view, Set<ObjectKey> refused) {
      this.view = view;
      this.unavailable =
          blueprint
              .objects()
              .filter(Availability::isWorkload)
              // It ends when it has declared the poll, and no server waits for that.
              .filter(desired -> !Ownership.isOf(Names.POLL, desired))
              .filter(desired -> view.find(desired).filter(Availability::isAvailable).isEmpty())
              .map(Ownership::component)
              .collect(Collectors.toSet());
      this.unfilled =
          blueprint
              .objects()
              .filter(object -> refused.contains(ObjectKey.of(object)))
              .map(Role::of)
              .collect(Collectors.toSet());
      this.hasPolicies = blueprint.objects().anyMatch(NetworkPolicy.class::isInstance);
      this.clientsRoll = !ClientRollout.waitsFor(blueprint, view).isEmpty();
    }

    boolean stillNeed(HasMetadata object) {
      if (unfilled.contains(Role.of(object))) {
        return true;
      }
      if (object instanceof NetworkPolicy) {
        return hasPolicies && isBetweenClientsAndServers(object.getMetadata().getName());
      }
      // A server goes only after its clients have all left it, with all that belongs to it.
      return SERVERS.contains(Ownership.component(object))
          ? clientsRoll || !unavailable.isEmpty()
          : Availability.isWorkload(object)
              && !Availability.isDone(object)
              && unavailable.contains(Ownership.component(object));
    }

    /** The policy of a server is named as the server; those of clients, after them. */
    private boolean isBetweenClientsAndServers(String policy) {
      return SERVERS.contains(policy)
          ? clientsRoll || runs(policy)
          : clientsRoll
              && (policy.endsWith(Names.TO_SERVERS) || policy.endsWith(Names.TO_EXTERNAL));
    }

    private boolean runs(String server) {
      return view.all(Pod.class).stream().anyMatch(pod -> Ownership.component(pod).equals(server));
    }
  }

  /**
   * What an object does for its component, whatever it is called, and for some of whatever kind.
   */
  private record Role(String component, String namespace, String does) {
    private static final Set<String> EXPOSURE = Set.of("Ingress", "HTTPRoute", "Gateway");

    public static Role of(HasMetadata object) {
      return new Role(
          Ownership.component(object),
          object.getMetadata().getNamespace(),
          Availability.isWorkload(object)
              ? "workload"
              : EXPOSURE.contains(object.getKind()) ? "exposure" : object.getKind());
    }
  }

  private void delete(HasMetadata object, List<Finding> problems) {
    try {
      writes.delete(object, DeletionPropagation.BACKGROUND);
    } catch (KubernetesClientException e) {
      problems.add(Finding.notDeleted(ObjectKey.of(object), e));
    }
  }
}
