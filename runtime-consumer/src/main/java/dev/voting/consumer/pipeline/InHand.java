package dev.voting.consumer.pipeline;

/** Counts the batches that were read and are not acknowledged yet. */
final class InHand {
  private int batches;

  synchronized void take() {
    batches++;
  }

  synchronized void done() {
    batches--;
    notifyAll();
  }

  synchronized int count() {
    return batches;
  }

  synchronized void awaitNone() throws InterruptedException {
    while (batches > 0) {
      wait();
    }
  }
}
