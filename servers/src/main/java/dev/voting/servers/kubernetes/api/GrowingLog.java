package dev.voting.servers.kubernetes.api;

import java.util.Optional;
import java.util.function.Supplier;

/** What is new in a log each time one asks. */
public final class GrowingLog {
  private final Supplier<Optional<String>> whole;
  private int read;

  /**
   * @param whole all that was written until now; empty when nothing more will be
   * @param skipped how many of its first characters are of no interest
   */
  GrowingLog(Supplier<Optional<String>> whole, int skipped) {
    this.whole = whole;
    this.read = skipped;
  }

  /** What was written since the last call; empty when nothing more will be. */
  public Optional<String> next() {
    Optional<String> all = whole.get();
    all.ifPresent(
        text -> {
          // A container that was started again has a log of its own.
          if (text.length() < read) {
            read = 0;
          }
        });
    Optional<String> fresh = all.map(text -> text.substring(read));
    all.ifPresent(text -> read = text.length());
    return fresh;
  }
}
