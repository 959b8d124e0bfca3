package dev.voting.operator.apply;

import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.OwnedFields;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what was applied and what the API server made of it, so that an object that nobody has
 * touched since costs no request. What a server adds, defaults or writes in another form does not
 * matter: its own answer is what later states are compared with.
 *
 * <p>It lives in memory. After a start of the operator each object is applied once, which changes
 * nothing where nothing differs.
 */
public final class AppliedState {

  /**
   * One object.
   *
   * @param desired a digest of what was applied
   * @param owned a digest of the fields that were then ours on the server
   * @param version the resourceVersion that the server gave it
   * @param ahead the server's answer, until the cache has it too
   */
  private record Entry(
      String desired, Optional<String> owned, String version, Optional<HasMetadata> ahead) {

    Entry caughtUp() {
      return new Entry(desired, owned, version, Optional.empty());
    }
  }

  private final Map<String, Map<ObjectKey, Entry>> byApp = new ConcurrentHashMap<>();

  /**
   * Whether an object is as it was applied.
   *
   * @param app the VotingApp's name
   * @param desired what is to be
   * @param actual what the cache holds
   */
  boolean holds(String app, HasMetadata desired, HasMetadata actual) {
    var entry = entries(app).get(ObjectKey.of(desired));
    if (entry == null || !entry.desired().equals(Checksum.of(desired))) {
      return false;
    }
    // A cache that is behind our own write says nothing; its next event will.
    return olderThan(actual.getMetadata().getResourceVersion(), entry.version())
        || entry.version().equals(actual.getMetadata().getResourceVersion())
        || entry.owned().isPresent() && entry.owned().equals(OwnedFields.digest(actual));
  }

  /** Whether an object was applied as it is to be now, so that it differs by somebody's change. */
  boolean isApplied(String app, HasMetadata desired) {
    var entry = entries(app).get(ObjectKey.of(desired));
    return entry != null && entry.desired().equals(Checksum.of(desired));
  }

  public void record(String app, HasMetadata desired, HasMetadata applied) {
    entries(app)
        .put(
            ObjectKey.of(desired),
            new Entry(
                Checksum.of(desired),
                OwnedFields.digest(applied),
                applied.getMetadata().getResourceVersion(),
                Optional.of(applied).filter(Availability::isWorkload)));
  }

  /**
   * What the cache holds, with the workloads that it is behind on as the API server answered them,
   * so that no status calls an older workload the newest.
   *
   * @param app the VotingApp's name
   * @param cached what the cache holds of it
   */
  public ObservedState newest(String app, ObservedState cached) {
    var newer = new ArrayList<HasMetadata>();
    var entries = entries(app);
    entries.forEach(
        (key, entry) ->
            entry
                .ahead()
                .ifPresent(
                    answer -> {
                      if (cached.find(key).filter(found -> isBehind(found, answer)).isPresent()) {
                        newer.add(answer);
                      } else {
                        entries.replace(key, entry, entry.caughtUp());
                      }
                    }));
    return cached.with(newer);
  }

  /** An older form of the same object; one that is not there at all may be gone for good. */
  private static boolean isBehind(HasMetadata cached, HasMetadata answer) {
    return cached.getMetadata().getUid().equals(answer.getMetadata().getUid())
        && olderThan(
            cached.getMetadata().getResourceVersion(), answer.getMetadata().getResourceVersion());
  }

  /** Forgets the VotingApps that are no more. */
  public void retain(Set<String> apps) {
    byApp.keySet().retainAll(apps);
  }

  public int size() {
    return byApp.size();
  }

  private Map<ObjectKey, Entry> entries(String app) {
    return byApp.computeIfAbsent(app, name -> new ConcurrentHashMap<>());
  }

  /** Resource versions are numbers that grow, and so have fewer digits when they are older. */
  private static boolean olderThan(String version, String other) {
    return version.length() < other.length()
        || version.length() == other.length() && version.compareTo(other) < 0;
  }
}
