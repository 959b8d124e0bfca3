package dev.voting.operator.reconcile;

import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.WeakHashMap;

/** Has one copy stand for all that are equal, for as long as anybody holds it. */
final class Sharing {

  private final Map<Object, WeakReference<Object>> known = new WeakHashMap<>();

  /**
   * A value that nobody changes.
   *
   * @return this one or an equal one
   */
  @SuppressWarnings("unchecked")
  synchronized <T> T share(T value) {
    var held = known.get(value);
    var earlier = held == null ? null : held.get();
    if (earlier != null) {
      return (T) earlier;
    }
    known.put(value, new WeakReference<>(value));
    return value;
  }

  /** A tree of maps that nobody changes, branch by branch. */
  Map<String, Object> shareTree(Map<String, Object> tree) {
    var shared = LinkedHashMap.<String, Object>newLinkedHashMap(tree.size());
    tree.forEach((key, value) -> shared.put(share(key), shareBranch(value)));
    return share(shared);
  }

  @SuppressWarnings("unchecked")
  private Object shareBranch(Object value) {
    return value instanceof Map<?, ?> map ? shareTree((Map<String, Object>) map) : value;
  }
}
