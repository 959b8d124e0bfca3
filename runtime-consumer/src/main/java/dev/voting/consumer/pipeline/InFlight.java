package dev.voting.consumer.pipeline;

import dev.voting.consumer.stream.Batch;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;

/** The batches that were read and are not acknowledged yet, in order. */
final class InFlight {
  private final Queue<Batch> batches = new ArrayDeque<>();

  synchronized void add(Batch batch) {
    batches.add(batch);
  }

  /** Removes the oldest batch, which is acknowledged. */
  synchronized void done() {
    batches.remove();
    notifyAll();
  }

  synchronized int count() {
    return batches.size();
  }

  /** The ids of all entries. */
  synchronized Set<String> ids() {
    return batches.stream().flatMap(Batch::ids).collect(Collectors.toSet());
  }

  synchronized void awaitNone() throws InterruptedException {
    while (!batches.isEmpty()) {
      wait();
    }
  }
}
