package dev.voting.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the caches hold of one VotingApp's objects. They are the caches' own: never change one. */
public final class ObservedState {

  private final Map<ObjectKey, HasMetadata> objects = new HashMap<>();

  /**
   * A view of objects.
   *
   * @param objects what a cache holds
   */
  public ObservedState(Collection<? extends HasMetadata> objects) {
    objects.forEach(object -> this.objects.put(ObjectKey.of(object), object));
  }

  /** The same view, but for some objects that are newer. */
  public ObservedState with(Collection<HasMetadata> newer) {
    if (newer.isEmpty()) {
      return this;
    }
    var all = new HashMap<>(objects);
    newer.forEach(object -> all.put(ObjectKey.of(object), object));
    return new ObservedState(all.values());
  }

  public Optional<HasMetadata> find(ObjectKey key) {
    return Optional.ofNullable(objects.get(key));
  }

  /**
   * Finds the cluster's form of an object.
   *
   * @param object anything of the same kind, namespace and name
   */
  @SuppressWarnings("unchecked")
  public <T extends HasMetadata> Optional<T> find(T object) {
    return find(ObjectKey.of(object)).map(found -> (T) found);
  }

  /**
   * All objects of a kind.
   *
   * @param kind the class
   */
  public <T extends HasMetadata> List<T> all(Class<T> kind) {
    return objects.values().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /**
   * The claims of a StatefulSet, which are named after its template, itself and an ordinal.
   *
   * @param set as it is or as it is to be
   */
  public List<PersistentVolumeClaim> claims(StatefulSet set) {
    var prefix =
        set.getSpec().getVolumeClaimTemplates().getFirst().getMetadata().getName()
            + "-"
            + set.getMetadata().getName()
            + "-";
    return all(PersistentVolumeClaim.class).stream()
        .filter(
            claim ->
                claim.getMetadata().getNamespace().equals(set.getMetadata().getNamespace())
                    && claim.getMetadata().getName().startsWith(prefix))
        .toList();
  }

  public Stream<HasMetadata> objects() {
    return objects.values().stream();
  }
}
