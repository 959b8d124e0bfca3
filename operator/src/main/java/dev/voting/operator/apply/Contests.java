package dev.voting.operator.apply;

import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Objects that somebody else changes again and again. Each is put back at once a few times, as
 * after a person's edits, and then ever more slowly, so that two controllers of different opinions
 * do not press the API server for ever.
 */
public final class Contests {

  /** So often an object is put back without delay. */
  static final int AT_ONCE = 10;

  static final Duration FIRST_DELAY = Duration.ofSeconds(1);
  static final Duration LONGEST_DELAY = Duration.ofMinutes(2);

  /** An object that nobody has changed for so long is at peace. */
  static final Duration PEACE = Duration.ofMinutes(5);

  private final Clock clock;
  private final Map<String, Map<ObjectKey, Contest>> byApp = new ConcurrentHashMap<>();

  /**
   * One object.
   *
   * @param times how often it was put back
   * @param last when it was so last
   * @param rival what is known of who changes it
   */
  private record Contest(int times, Instant last, Optional<Finding> rival) {

    boolean isOne() {
      return times > AT_ONCE;
    }

    Duration delay() {
      if (!isOne()) {
        return Duration.ZERO;
      }
      var delay = FIRST_DELAY.multipliedBy(1L << Math.min(times - AT_ONCE - 1, 10));
      return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }
  }

  public Contests(Clock clock) {
    this.clock = clock;
  }

  /** Whether an object is to be left as it is for now. */
  boolean isDelayed(String app, ObjectKey object) {
    var contest = contests(app).get(object);
    return contest != null && clock.instant().isBefore(contest.last().plus(contest.delay()));
  }

  /**
   * Notes that an object is put back.
   *
   * @return whether that has happened too often for chance, so that it pays to ask by whom
   */
  boolean putBack(String app, ObjectKey object) {
    var now = clock.instant();
    return contests(app)
        .compute(
            object,
            (_, before) ->
                before == null || before.last().plus(PEACE).isBefore(now)
                    ? new Contest(1, now, Optional.empty())
                    : new Contest(before.times() + 1, now, before.rival()))
        .isOne();
  }

  /** Notes who changes an object. */
  void rival(String app, ObjectKey object, Finding rival) {
    contests(app)
        .computeIfPresent(
            object, (_, known) -> new Contest(known.times(), known.last(), Optional.of(rival)));
  }

  /** What is to be reported of a VotingApp's objects, in a stable order. */
  public List<Finding> problems(String app) {
    var now = clock.instant();
    contests(app).values().removeIf(contest -> contest.last().plus(PEACE).isBefore(now));
    return contests(app).values().stream()
        .filter(Contest::isOne)
        .flatMap(contest -> contest.rival().stream())
        .sorted(Comparator.comparing(Finding::message))
        .toList();
  }

  /** When one of them can be put back again, or is at peace; empty when there is none. */
  public Optional<Duration> next(String app) {
    var now = clock.instant();
    return contests(app).values().stream()
        .filter(Contest::isOne)
        .flatMap(
            contest -> Stream.of(contest.last().plus(contest.delay()), contest.last().plus(PEACE)))
        .filter(then -> then.isAfter(now))
        .min(Comparator.naturalOrder())
        .map(then -> Duration.between(now, then).plusMillis(1));
  }

  /** Forgets the VotingApps that are no more. */
  public void retain(Set<String> apps) {
    byApp.keySet().retainAll(apps);
  }

  private Map<ObjectKey, Contest> contests(String app) {
    return byApp.computeIfAbsent(app, _ -> new ConcurrentHashMap<>());
  }
}
