package dev.voting.operator.watch;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.function.Consumer;

/**
 * Handles every event of an informer alike: what counts is that something changed.
 *
 * @param <T> the kind of object that is watched
 * @param action what to do with an object that came, changed or went, as it is or was last seen
 */
public record AnyChange<T>(Consumer<T> action) implements ResourceEventHandler<T> {
  @Override
  public void onAdd(T object) {
    action.accept(object);
  }

  @Override
  public void onUpdate(T before, T object) {
    action.accept(object);
  }

  @Override
  public void onDelete(T object, boolean finalStateUnknown) {
    action.accept(object);
  }
}
