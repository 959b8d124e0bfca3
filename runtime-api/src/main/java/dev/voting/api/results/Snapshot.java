package dev.voting.api.results;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One moment in the life of the results, and a promise of the next one: whoever streams them walks
 * along this chain, and the garbage collector takes what nobody looks at any more.
 */
final class Snapshot {
  /** Why the chain went on. */
  enum Kind {
    /** The service started; there are no results yet. */
    START,
    /** The results changed. */
    CHANGED,
    /** Nothing changed for a while; a sign of life is due. */
    HEARTBEAT,
    /** The service stops; nothing follows. */
    END
  }

  private final Kind kind;
  private final RenderedResults results;
  private final CompletableFuture<Snapshot> next = new CompletableFuture<>();

  private Snapshot(Kind kind, RenderedResults results) {
    this.kind = kind;
    this.results = results;
  }

  static Snapshot start() {
    return new Snapshot(Kind.START, null);
  }

  Snapshot changed(RenderedResults newResults) {
    return follow(new Snapshot(Kind.CHANGED, newResults));
  }

  Snapshot heartbeat() {
    return follow(new Snapshot(Kind.HEARTBEAT, results));
  }

  Snapshot end() {
    return follow(new Snapshot(Kind.END, results));
  }

  private Snapshot follow(Snapshot later) {
    next.complete(later);
    return later;
  }

  Kind kind() {
    return kind;
  }

  /** The results as last known; null while none are. */
  RenderedResults results() {
    return results;
  }

  /**
   * Waits, without a limit, until there is something newer, and then skips to the newest;
   * heartbeats bound the wait.
   */
  Snapshot awaitLatest() throws InterruptedException {
    try {
      Snapshot later = next.get();
      while (later.next.isDone()) {
        later = later.next.get();
      }
      return later;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the chain never fails", e);
    }
  }
}
