package dev.voting.servers.kubernetes.http;

import dev.voting.servers.kubernetes.api.Reply;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.store.StoredObject;
import java.util.Optional;

/** How a change looks to one watch, which may select only some of the objects. */
final class WatchEvents {

  private WatchEvents() {}

  /** The event as text, or empty when the change does not concern the watch. */
  static Optional<String> of(Store.Change change, Reply.Watch watch) {
    StoredObject before = change.before();
    StoredObject after = change.after();
    boolean was = before != null && watch.selected().test(before);
    boolean is = after != null && watch.selected().test(after);
    if (is) {
      return Optional.of(event(was ? "MODIFIED" : "ADDED", after, watch));
    }
    return was
        ? Optional.of(event("DELETED", before.at(change.revision()), watch))
        : Optional.empty();
  }

  private static String event(String type, StoredObject object, Reply.Watch watch) {
    return "{\"type\":\"" + type + "\",\"object\":" + watch.shown().apply(object) + "}";
  }
}
