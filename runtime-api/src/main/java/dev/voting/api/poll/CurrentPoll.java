package dev.voting.api.poll;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The poll in force, as far as this process knows: of all that it has seen, the latest. */
public final class CurrentPoll {
  private final RedisClock clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private DeclaredPoll poll;
  private String finalRound = "";

  /** How a poll stands. */
  public enum State {
    Upcoming,
    Open,
    Closed,
    Final
  }

  /**
   * What is known at a moment.
   *
   * @param isFinal whether its round is over and counted to the end
   */
  public record Known(DeclaredPoll poll, boolean isFinal) {}

  public CurrentPoll(RedisClock clock) {
    this.clock = clock;
  }

  public RedisClock clock() {
    return clock;
  }

  /** Has something run whenever the poll has changed, or become final; it must be quick. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Takes a definition, unless a later one is known. */
  public void offer(DeclaredPoll offered) {
    synchronized (this) {
      if (poll != null && poll.seq() >= offered.seq()) {
        return;
      }
      poll = offered;
    }
    listeners.forEach(Runnable::run);
  }

  /** Takes from the database whether a round is final. */
  public void setFinal(String round, boolean isFinal) {
    synchronized (this) {
      if (finalRound.equals(round) == isFinal) {
        return;
      }
      finalRound = isFinal ? round : "";
    }
    listeners.forEach(Runnable::run);
  }

  /** The poll, or nothing before any definition was found. */
  public synchronized Optional<DeclaredPoll> get() {
    return Optional.ofNullable(poll);
  }

  public synchronized Optional<Known> known() {
    return get().map(now -> new Known(now, finalRound.equals(now.round())));
  }

  /** By Redis' clock, about. */
  State state(Known known) {
    PollDefinition definition = known.poll().definition();
    long now = clock.millis();
    if (known.isFinal()) {
      return State.Final;
    }
    if (definition.closes().isPresent() && now >= definition.closes().getAsLong()) {
      return State.Closed;
    }
    return definition.opens().isPresent() && now < definition.opens().getAsLong()
        ? State.Upcoming
        : State.Open;
  }
}
