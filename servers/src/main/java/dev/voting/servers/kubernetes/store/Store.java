package dev.voting.servers.kubernetes.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * All objects, as etcd would hold them: one revision counter for all, compare-and-set writes, and a
 * history per kind from which a watch starts where a list ended. Found by name, by namespace, by
 * uid and by owner without looking through the others.
 *
 * <p>Safe to share: everything happens under one lock, held for moments only, as trees are computed
 * before and written as text after.
 */
public final class Store {

  /** How many changes of one kind a watch can catch up with; older ones answer 410 Gone. */
  static final int HISTORY = 20_000;

  /** A change: {@code before} is null for a creation, {@code after} for a deletion. */
  public record Change(StoredObject before, StoredObject after, long revision) {}

  /** All objects asked for, and the revision at which that was so. */
  public record Listing(List<StoredObject> objects, long revision) {}

  private static final class Table {
    final TreeMap<String, StoredObject> objects = new TreeMap<>();
    final Deque<Change> history = new ArrayDeque<>();
    final Set<Consumer<Change>> watchers = new LinkedHashSet<>();
    long forgotten;
  }

  private final Map<String, Table> tables = new HashMap<>();
  private final Map<String, StoredObject> byUid = new HashMap<>();
  private final Map<String, Set<String>> dependents = new HashMap<>();
  private final Map<String, Map<String, StoredObject>> byNamespace = new HashMap<>();
  private final List<Consumer<Change>> listeners = new ArrayList<>();
  private long revision = 1;

  private Table table(String type) {
    return tables.computeIfAbsent(type, t -> new Table());
  }

  /** Calls back with every change of any kind, in order, while the lock is held: be brief. */
  public synchronized void listen(Consumer<Change> listener) {
    listeners.add(listener);
  }

  public synchronized Optional<StoredObject> get(ResourceType type, String namespace, String name) {
    return Optional.ofNullable(table(type.key()).objects.get(namespace + "/" + name));
  }

  synchronized Optional<StoredObject> byUid(String uid) {
    return Optional.ofNullable(byUid.get(uid));
  }

  /** The objects of a kind, in order of their names; of all namespaces when that is "". */
  public synchronized Listing list(ResourceType type, String namespace) {
    TreeMap<String, StoredObject> objects = table(type.key()).objects;
    Collection<StoredObject> found =
        namespace.isEmpty()
            ? objects.values()
            : objects.subMap(namespace + "/", namespace + "0").values();
    return new Listing(List.copyOf(found), revision);
  }

  synchronized List<StoredObject> inNamespace(String namespace) {
    return List.copyOf(byNamespace.getOrDefault(namespace, Map.of()).values());
  }

  /** The objects that name this uid as an owner. */
  public synchronized List<StoredObject> dependentsOf(String uid) {
    return dependents.getOrDefault(uid, Set.of()).stream().map(byUid::get).toList();
  }

  /**
   * Writes an object unless someone was quicker.
   *
   * @param before what the writer saw, null for nothing
   * @param tree the object to keep, null to remove it; gets its resourceVersion here
   * @return what is kept now (or the last state of what was removed), or empty when the object is
   *     no longer what the writer saw
   */
  public synchronized Optional<StoredObject> write(
      ResourceType type, StoredObject before, ObjectNode tree) {
    Table table = table(type.key());
    String key =
        before != null
            ? before.key()
            : Json.text(tree, "metadata", "namespace") + "/" + Json.text(tree, "metadata", "name");
    if (table.objects.get(key) != before) {
      return Optional.empty();
    }
    long now = ++revision;
    StoredObject after = null;
    if (before != null) {
      forget(before);
    }
    if (tree == null) {
      table.objects.remove(key);
    } else {
      Json.make(tree, "metadata").put("resourceVersion", Long.toString(now));
      after = new StoredObject(type, tree, now);
      table.objects.put(key, after);
      remember(after);
    }
    Change change = new Change(before, after, now);
    table.history.add(change);
    if (table.history.size() > HISTORY) {
      table.forgotten = table.history.remove().revision();
    }
    table.watchers.forEach(watcher -> watcher.accept(change));
    listeners.forEach(listener -> listener.accept(change));
    return Optional.of(after == null ? before.at(now) : after);
  }

  private void remember(StoredObject object) {
    byUid.put(object.uid(), object);
    for (JsonNode owner : object.metadata().path("ownerReferences")) {
      dependents
          .computeIfAbsent(Json.text(owner, "uid"), u -> new LinkedHashSet<>())
          .add(object.uid());
    }
    if (!object.namespace().isEmpty()) {
      byNamespace
          .computeIfAbsent(object.namespace(), n -> new HashMap<>())
          .put(object.uid(), object);
    }
  }

  private void forget(StoredObject object) {
    byUid.remove(object.uid());
    for (JsonNode owner : object.metadata().path("ownerReferences")) {
      dependents.computeIfPresent(
          Json.text(owner, "uid"),
          (u, uids) -> {
            uids.remove(object.uid());
            return uids.isEmpty() ? null : uids;
          });
    }
    byNamespace.computeIfPresent(
        object.namespace(),
        (n, objects) -> {
          objects.remove(object.uid());
          return objects.isEmpty() ? null : objects;
        });
  }

  /**
   * Calls back with the changes of one kind, in order, while the lock is held: be brief.
   *
   * @param after the revision after which to start; 0 starts with all that is there, as creations
   * @return stops it
   * @throws ApiException 410 when changes after that revision are forgotten
   */
  public synchronized Runnable watch(ResourceType type, long after, Consumer<Change> watcher) {
    Table table = table(type.key());
    if (after == 0) {
      table.objects.values().forEach(o -> watcher.accept(new Change(null, o, o.revision())));
    } else if (after < table.forgotten) {
      throw ApiException.of(
          410, "Expired", "too old resource version: " + after + " (" + table.forgotten + ")");
    } else {
      replay(table, after, watcher);
    }
    table.watchers.add(watcher);
    return () -> stop(table, watcher);
  }

  private static void replay(Table table, long after, Consumer<Change> watcher) {
    Deque<Change> missed = new ArrayDeque<>();
    var newestFirst = table.history.descendingIterator();
    while (newestFirst.hasNext()) {
      Change change = newestFirst.next();
      if (change.revision() <= after) {
        break;
      }
      missed.push(change);
    }
    missed.forEach(watcher);
  }

  private synchronized void stop(Table table, Consumer<Change> watcher) {
    table.watchers.remove(watcher);
  }

  public synchronized long revision() {
    return revision;
  }
}
