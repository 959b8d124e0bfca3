package dev.voting.operator.watch;

import dev.voting.crd.VotingApp;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.util.Set;

/**
 * Watches what is no object of the operator's own, and so cannot be watched by its label.
 *
 * @param <T> what is watched
 */
abstract class AppEventSource<T> extends AbstractEventSource<T, VotingApp> {

  AppEventSource(Class<T> kind, String name) {
    super(kind, name);
  }

  /** Has a VotingApp reconciled. */
  final void wake(String app) {
    if (isRunning()) {
      getEventHandler().handleEvent(new Event(new ResourceID(app)));
    }
  }

  @Override
  public Set<T> getSecondaryResources(VotingApp app) {
    return Set.of();
  }
}
