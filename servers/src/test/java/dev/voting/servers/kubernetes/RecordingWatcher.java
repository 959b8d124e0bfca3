package dev.voting.servers.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.Queue;

/**
 * Records what a watch reports, such as {@code ADDED name}, and its failure.
 *
 * @param events receives a line for each
 */
record RecordingWatcher(Queue<String> events) implements Watcher<ConfigMap> {
  @Override
  public void eventReceived(Action action, ConfigMap object) {
    events.add(action + " " + object.getMetadata().getName());
  }

  @Override
  public void onClose(WatcherException cause) {
    events.add("closed");
  }
}
