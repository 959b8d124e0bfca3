package dev.voting.operator.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Something that happens to the system while people vote, and becomes a row of the table. */
final class Case {

  /** What is done; it may also look whether it goes on as it should. */
  @FunctionalInterface
  interface Event {
    void happen() throws Exception;
  }

  private final NodeSuite suite;
  private final String name;
  private Duration goal;
  private boolean restored = true;

  Case(NodeSuite suite, String name) {
    this.suite = suite;
    this.name = name;
  }

  /** No vote may be answered with anything but 201. */
  Case refusesNone() {
    return pausesFor(Duration.ZERO);
  }

  /** So long may no vote be taken. */
  Case pausesFor(Duration atMost) {
    goal = atMost;
    return this;
  }

  /** It begins with what the last one has left. */
  Case asItIs() {
    restored = false;
    return this;
  }

  /**
   * Has it happen, waits until the system is whole again and all votes are counted, and reports.
   *
   * @throws Exception what keeps it from that, after what is known of it was printed
   */
  void run(Event event) throws Exception {
    if (restored) {
      suite.restore();
    }
    var before = settledTotal();
    Tally tally;
    Duration whole = null;
    Throwable failure = null;
    try (var votes = Votes.start(suite.api)) {
      votes.awaitTaken();
      var begin = System.nanoTime();
      try {
        event.happen();
        suite.system.awaitReady();
        whole = Duration.ofNanos(System.nanoTime() - begin);
        votes.awaitTaken();
      } catch (Exception | AssertionError e) {
        failure = e;
        IO.println("%s failed: %s".formatted(name, e.getMessage()));
        suite.diagnose();
      }
      tally = votes.end();
    }
    var counted = new AtomicLong(-1);
    try {
      awaitCounted(before, tally, counted);
      if (failure == null) {
        check(tally);
      }
    } catch (Exception | AssertionError e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
    suite.report.add(
        name,
        tally,
        counted.get() < 0 ? null : counted.get(),
        whole,
        failure == null ? "ok" : "**" + firstLine(failure) + "**");
    switch (failure) {
      case null -> {}
      case Exception e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  /** The votes counted before, when no more come. */
  private long settledTotal() {
    var last = new AtomicLong(-1);
    await("results that do not change")
        .atMost(Patience.minutes(1))
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              var total = suite.api.total();
              return total.isPresent() && last.getAndSet(total.getAsLong()) == total.getAsLong();
            });
    return last.get();
  }

  /** Every vote that was answered 201 is counted, and none that was refused. */
  private void awaitCounted(long before, Tally tally, AtomicLong counted) {
    await("%d votes to be counted".formatted(tally.taken()))
        .atMost(Patience.minutes(2))
        .untilAsserted(
            () -> {
              suite.api.total().ifPresent(total -> counted.set(total - before));
              assertThat(counted.get())
                  .as("votes counted of those answered 201")
                  .isGreaterThanOrEqualTo(tally.taken());
            });
    counted.set(settledTotal() - before);
    assertThat(counted.get())
        .as("votes counted, of %d answered 201, %d unknown", tally.taken(), tally.unknown())
        .isBetween(tally.taken(), tally.taken() + tally.unknown());
  }

  private void check(Tally tally) {
    if (goal == null) {
      return;
    }
    if (goal.isZero()) {
      assertThat(tally.notTaken())
          .as("votes not taken: %s; unknown: %s", tally.refusals(), tally.unknowns())
          .isZero();
    } else {
      assertThat(tally.longestGap())
          .as("longest time without a taken vote")
          .isLessThanOrEqualTo(goal);
    }
  }

  /** For a cell of the table; the whole of it is in the test's report. */
  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage())
        .lines()
        .map(line -> line.replaceAll("[|\\[\\]]", " ").strip())
        .filter(line -> !line.isEmpty())
        .findFirst()
        .orElse("failed");
  }
}
