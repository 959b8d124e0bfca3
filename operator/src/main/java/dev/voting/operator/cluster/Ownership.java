package dev.voting.operator.cluster;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which VotingApp an object belongs to. */
public final class Ownership {
  private Ownership() {}

  /**
   * The VotingApps that an object is of interest to: by its label, its owner and its namespace, so
   * that somebody who changes one of them does not hide it.
   */
  public static Set<String> appsOf(HasMetadata object) {
    var apps = new HashSet<String>();
    labelled(object).ifPresent(apps::add);
    object.getMetadata().getOwnerReferences().stream()
        .filter(owner -> VotingApp.class.getSimpleName().equals(owner.getKind()))
        .forEach(owner -> apps.add(owner.getName()));
    byNamespace(object).ifPresent(apps::add);
    return apps;
  }

  /**
   * Whether an object may be part of a VotingApp, by its namespace. Our label proves nothing, for
   * anybody may set it.
   */
  public static boolean mayBeOurs(HasMetadata object) {
    return byNamespace(object).isPresent();
  }

  /**
   * Whether an object goes with an earlier VotingApp of the same name. Kubernetes deletes what has
   * only owners that are gone, but not at once.
   *
   * @param object as the cluster holds it
   * @param app the VotingApp of now
   */
  public static boolean isOfAnEarlier(HasMetadata object, VotingApp app) {
    return isOfAnEarlier(owners(object), app);
  }

  /**
   * The same, of what was noted of an object.
   *
   * @param owners of the object
   */
  public static boolean isOfAnEarlier(List<String> owners, VotingApp app) {
    return !owners.isEmpty() && !owners.contains(app.getMetadata().getUid());
  }

  /** The uids of the VotingApps that own an object. */
  public static List<String> owners(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(owner -> VotingApp.class.getSimpleName().equals(owner.getKind()))
        .map(OwnerReference::getUid)
        .toList();
  }

  private static Optional<String> byNamespace(HasMetadata object) {
    var namespace = namespaceOf(object);
    var dash = namespace.lastIndexOf('-');
    return dash > 0
        ? Optional.of(namespace.substring(0, dash))
            .filter(app -> new Names(app).namespaces().contains(namespace))
        : Optional.empty();
  }

  /** Whether an object is a VotingApp's own namespace, or is in one of them. */
  public static boolean isWithin(HasMetadata object, String app) {
    return new Names(app).namespaces().contains(namespaceOf(object));
  }

  /**
   * The component that an object belongs to, by its label.
   *
   * @return empty text where it has none
   */
  public static String component(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getLabels())
        .map(labels -> labels.get(Names.COMPONENT))
        .orElse("");
  }

  public static boolean isOf(String component, HasMetadata object) {
    return component(object).equals(component);
  }

  private static Optional<String> labelled(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getLabels())
        .map(labels -> labels.get(Names.INSTANCE))
        .filter(app -> !app.isEmpty());
  }

  private static String namespaceOf(HasMetadata object) {
    return object instanceof Namespace
        ? object.getMetadata().getName()
        : object.getMetadata().getNamespace();
  }
}
