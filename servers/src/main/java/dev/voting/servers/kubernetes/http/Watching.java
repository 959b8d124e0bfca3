package dev.voting.servers.kubernetes.http;

import dev.voting.servers.kubernetes.api.Reply;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** A watch under way, whichever way its events go. */
final class Watching {

  private Watching() {}

  /**
   * Begins one.
   *
   * @param send takes events, in order; called while the store is locked
   * @param end called when the time of the watch is over
   * @return stops it
   */
  static Runnable start(Store store, Reply.Watch watch, Consumer<String> send, Runnable end) {
    Runnable stop;
    try {
      stop =
          store.watch(
              watch.type(), watch.after(), change -> WatchEvents.of(change, watch).ifPresent(send));
    } catch (ApiException e) {
      send.accept("{\"type\":\"ERROR\",\"object\":" + Json.string(e.status()) + "}");
      end.run();
      return () -> {};
    }
    Optional<Thread> timer =
        watch.timeout().map(time -> Thread.ofVirtual().start(() -> endAfter(time, end)));
    return () -> {
      stop.run();
      timer.ifPresent(Thread::interrupt);
    };
  }

  private static void endAfter(Duration time, Runnable end) {
    try {
      Thread.sleep(time);
      end.run();
    } catch (InterruptedException e) {
      // Nobody listens any more.
      Thread.currentThread().interrupt();
    }
  }
}
