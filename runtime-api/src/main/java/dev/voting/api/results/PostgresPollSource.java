package dev.voting.api.results;

import dev.voting.api.poll.CurrentPoll;
import dev.voting.api.poll.DeclaredPoll;
import dev.voting.api.poll.JsonTree;
import dev.voting.api.results.Results.Tally;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The results of a poll in PostgreSQL. A notification says only that there is something to read, as
 * no count may be in it; what the API reads of a round that is hidden has no counts either.
 */
final class PostgresPollSource implements ResultsSource {
  /** Commits within this time are read together. */
  private static final Duration GAP = Notifications.LOOK_UP;

  /** How soon a round that Redis has put in force is noticed here. */
  private static final Duration GLANCE = Duration.ofMillis(100);

  /** How often rounds that are not in force are read too. */
  private static final Duration ALL_EVERY = Duration.ofSeconds(10);

  private final Connection connection;
  private final Notifications notifications;
  private final PreparedStatement read;
  private final Rounds rounds;
  private final CurrentPoll current;

  private boolean dirty;
  private boolean allDirty = true;
  private long seqRead = -1;
  private long readAt;
  private long allReadAt;

  PostgresPollSource(
      Connection connection,
      String listenSql,
      String resultsSql,
      Rounds rounds,
      CurrentPoll current)
      throws SQLException {
    this.connection = connection;
    this.notifications = new Notifications(connection, listenSql);
    this.read = connection.prepareStatement(resultsSql);
    this.rounds = rounds;
    this.current = current;
  }

  @Override
  public Results read() throws SQLException {
    Optional<DeclaredPoll> poll = current.get();
    long now = System.nanoTime();
    boolean all =
        allDirty
            || poll.isEmpty()
            || poll.get().seq() != seqRead
            || now - allReadAt >= ALL_EVERY.toNanos();
    Map<String, Results> found = query(all ? null : poll.get().round());
    if (poll.isPresent() && !found.containsKey(poll.get().round())) {
      found.put(poll.get().round(), undeclared(poll.get()));
    }
    rounds.arrived(found.values(), all);
    Results results =
        poll.map(p -> found.get(p.round()))
            .or(() -> found.values().stream().findFirst())
            .orElseThrow(PostgresErrors::noPoll);
    seqRead = poll.map(DeclaredPoll::seq).orElse(-1L);
    readAt = now;
    allReadAt = all ? now : allReadAt;
    dirty = false;
    allDirty = false;
    current.setFinal(results.round(), results.isFinal());
    return results;
  }

  /** Nobody can have voted yet. */
  private static Results undeclared(DeclaredPoll poll) {
    boolean hidden = poll.definition().hidden();
    List<Tally> tallies =
        poll.definition().options().stream().map(o -> new Tally(o.key(), o.label(), 0)).toList();
    return new Results(poll.round(), poll.seq(), 0, hidden, false, tallies, 0, Optional.empty());
  }

  /** By round, the latest first. */
  private Map<String, Results> query(String round) throws SQLException {
    read.setString(1, round);
    Map<String, Results> found = new LinkedHashMap<>();
    try (ResultSet row = read.executeQuery()) {
      while (row.next()) {
        found.merge(row.getString("round"), results(row), PostgresPollSource::joined);
      }
    }
    return found;
  }

  private static Results results(ResultSet row) throws SQLException {
    Tally tally = new Tally(row.getString("option"), row.getString("label"), row.getLong("count"));
    return new Results(
        row.getString("round"),
        row.getLong("seq"),
        row.getLong("version"),
        row.getBoolean("hidden"),
        row.getBoolean("is_final"),
        List.of(tally),
        row.getLong("total"),
        Optional.ofNullable(row.getObject("updated_at", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant));
  }

  private static Results joined(Results before, Results after) {
    List<Tally> tallies = new ArrayList<>(before.tallies());
    tallies.addAll(after.tallies());
    return new Results(
        before.round(),
        before.seq(),
        before.version(),
        before.hidden(),
        before.isFinal(),
        List.copyOf(tallies),
        before.total(),
        before.lastUpdated());
  }

  @Override
  public Optional<Results> awaitChange(Duration timeout) throws SQLException {
    long end = System.nanoTime() + timeout.toNanos();
    do {
      long now = System.nanoTime();
      long gap = GAP.toNanos() - (now - readAt);
      if (current.get().map(DeclaredPoll::seq).orElse(-1L) != seqRead) {
        dirty = true;
      }
      if (dirty && gap <= 0) {
        return Optional.of(read());
      }
      long wait = Math.min(dirty ? gap : GLANCE.toNanos(), end - now);
      Notifications.Heard heard = notifications.await(Duration.ofNanos(Math.max(0, wait)));
      dirty |= heard.lookUp() || !heard.payloads().isEmpty();
      heard.payloads().forEach(this::consider);
    } while (System.nanoTime() - end < 0);
    return Optional.empty();
  }

  /** Whether it is about more than the counts of the round in force. */
  private void consider(String payload) {
    try {
      JsonTree about = JsonTree.parse(payload);
      allDirty |=
          about.number("version").isEmpty()
              || !about.text("round").equals(current.get().map(DeclaredPoll::round));
    } catch (IllegalArgumentException e) {
      // Another program's.
      allDirty = true;
    }
  }

  @Override
  public void close() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is unusable either way.
    }
  }
}
