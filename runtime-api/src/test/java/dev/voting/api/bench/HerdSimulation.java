package dev.voting.api.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * 100,000 viewers of quiet results, while an API pod restarts and then while PostgreSQL is away:
 * how many requests a second their pages make, by the timers of the page as it was and as it is. A
 * model, without a network and without a browser: what it shows is who comes when. Its numbers are
 * those of {@code feed.js} and of the stream's heartbeat, age and retry.
 *
 * <p>{@code HerdSimulation [viewers [pods [seed]]]} prints for each five seconds the most requests
 * that there were in one.
 */
public final class HerdSimulation {
  private static final double LENGTH = 300;
  private static final int STEP = 5;
  private static final double RESTART = 60;
  private static final double POD_AWAY = 8;
  private static final double POSTGRES_AWAY = 150;
  private static final double POSTGRES_BACK = 210;

  private final boolean now;
  private final int pods;
  private final Random random;
  private final int[] opens = new int[(int) LENGTH + 1];
  private final int[] polls = new int[(int) LENGTH + 1];
  private final PriorityQueue<Step> steps =
      new PriorityQueue<>((a, b) -> Double.compare(a.at(), b.at()));

  private record Step(double at, Runnable does) {}

  private HerdSimulation(boolean now, int viewers, int pods, long seed) {
    this.now = now;
    this.pods = pods;
    this.random = new Random(seed);
    for (int i = 0; i < viewers; i++) {
      new Viewer(i % pods).begin();
    }
  }

  /** See above. */
  public static void main(String[] arguments) {
    int viewers = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100_000;
    int pods = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : 1;
    HerdSimulation before = new HerdSimulation(false, viewers, pods, seed).run();
    HerdSimulation after = new HerdSimulation(true, viewers, pods, seed).run();
    System.out.printf(
        Locale.ROOT,
        "%d viewers at %d pods; one restarts at %.0f s for %.0f s; PostgreSQL is away from %.0f to"
            + " %.0f s%n"
            + "second   before: streams  results    now: streams  results%n",
        viewers,
        pods,
        RESTART,
        POD_AWAY,
        POSTGRES_AWAY,
        POSTGRES_BACK);
    for (int s = 0; s < LENGTH; s += STEP) {
      System.out.printf(
          Locale.ROOT,
          "%6d %17d %8d %15d %8d%n",
          s,
          most(before.opens, s),
          most(before.polls, s),
          most(after.opens, s),
          most(after.polls, s));
    }
    System.out.printf(
        Locale.ROOT, "most a second: %d before, %d now%n", before.most(), after.most());
    System.out.printf(Locale.ROOT, "in all: %d before, %d now%n", before.all(), after.all());
  }

  private static int most(int[] perSecond, int from) {
    return Arrays.stream(perSecond, from, from + STEP).max().orElse(0);
  }

  private int most() {
    int most = 0;
    for (int s = 1; s < LENGTH; s++) {
      most = Math.max(most, opens[s] + polls[s]);
    }
    return most;
  }

  private int all() {
    int all = 0;
    for (int s = 1; s < LENGTH; s++) {
      all += opens[s] + polls[s];
    }
    return all;
  }

  private HerdSimulation run() {
    for (Step step = steps.poll(); step != null && step.at() < LENGTH; step = steps.poll()) {
      step.does().run();
    }
    return this;
  }

  private void in(double at, Runnable does) {
    steps.add(new Step(at, does));
  }

  private static boolean away(double at) {
    return at >= POSTGRES_AWAY && at < POSTGRES_BACK;
  }

  /** One page with its stream. Timers that are replaced are known by their round. */
  private final class Viewer {
    private int pod;
    private boolean open = true;
    private int failures;
    private int round;

    Viewer(int pod) {
      this.pod = pod;
    }

    void begin() {
      // All were informed of the last vote at once.
      expectSound(0, false);
      in(RESTART, () -> lostWith(0, RESTART));
      if (now) {
        grow(0);
      }
    }

    /** The stream's age, of which some are over before the others. */
    private void grow(double at) {
      int mine = round;
      double age = at == 0 ? 900 * random.nextDouble() : 450 + 450 * random.nextDouble();
      in(
          at + age,
          () -> {
            if (open && mine <= round) {
              lost(at + age);
            }
          });
    }

    private void lostWith(int restarted, double at) {
      if (open && pod == restarted) {
        lost(at);
      }
    }

    private void lost(double at) {
      open = false;
      round++;
      if (now) {
        comeBack(at + 30 * random.nextDouble());
      } else {
        double wait = Math.min(0.5 * Math.pow(2, failures++), 15) * (0.5 + random.nextDouble());
        comeBack(at + wait);
        polls[(int) at]++;
        pollAgain(at + 3, round);
      }
    }

    /** As it was: while there is no stream, every three seconds. */
    private void pollAgain(double at, int of) {
      in(
          at,
          () -> {
            if (!open && of == round && at < LENGTH) {
              polls[(int) at]++;
              pollAgain(at + 3, of);
            }
          });
    }

    private void comeBack(double at) {
      in(
          at,
          () -> {
            opens[(int) at]++;
            open = true;
            failures = 0;
            round++;
            // The Service leaves out the pod that is away.
            boolean whole = at > RESTART + POD_AWAY;
            pod = whole ? random.nextInt(pods) : 1 + random.nextInt(pods - 1);
            if (now) {
              grow(at);
            } else {
              polls[(int) at]++;
            }
            expectSound(at, away(at));
          });
    }

    /** As it was: asks when nothing was heard, for comments are not heard. */
    private void expectSound(double at, boolean delayed) {
      if (now) {
        return; // Each heartbeat is heard, and comes before the time to ask does.
      }
      int mine = round;
      double then = at + (delayed ? 3 : 20);
      in(
          then,
          () -> {
            if (open && mine == round && then < LENGTH) {
              polls[(int) then]++;
              expectSound(then, away(then));
            }
          });
    }
  }
}
