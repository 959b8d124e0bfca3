package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counting the votes of polls: one ballot of each voter, whatever comes twice, late or first. */
class BallotsIT extends WithPolls {
  private static final String[] ABC = {"a=A", "b=B", "c=C"};
  private static final String ALICE = "alice-----------------";
  private static final String BOB = "bob-------------------";

  @Test
  void withoutAVoterEachVoteCounts() throws SQLException {
    inForce(poll("1", "", ABC));
    assertThat(record(Ballot.of("1-0", "a"), Ballot.of("1-1", "a"), Ballot.of("1-2", "b")))
        .isEqualTo("(3,0,{},0)");
    assertThat(record(Ballot.of("1-1", "a"), Ballot.of("1-2", "b"), Ballot.of("1-3", "c")))
        .isEqualTo("(1,0,{},0)");
    assertThat(totals("1")).isEqualTo("a=2 b=1 c=1");
  }

  @Test
  void anOptionNamedCatsIsNoVoteForCats() throws SQLException {
    inForce(poll("1", "", "cats=Cats", "b=B"));
    assertThat(
            record(
                Ballot.of("1-0", "cats"),
                Ballot.plain("1-1", "cats"),
                Ballot.of("1-2", "b"),
                Ballot.of("1-3", "cats").by(ALICE)))
        .isEqualTo("(4,0,{},0)");
    assertThat(totals("1")).isEqualTo("b=1 cats=2");
    assertThat(plainTotals()).isEqualTo("cats=1 dogs=0");
    assertThat(query("SELECT string_agg(round, ',' ORDER BY id) FROM vote_events"))
        .isEqualTo("1,,1,1");
  }

  /** One batch, one vote a batch, and each order of these. */
  @ParameterizedTest
  @CsvSource({"true, c", "false, a"})
  void theLastOrFirstBallotCountsWhicheverComesFirst(boolean changeable, String counted)
      throws SQLException {
    Ballot a = Ballot.of("5-9", "a").by(ALICE);
    Ballot b = Ballot.of("5-10", "b").by(ALICE);
    Ballot c = Ballot.of("40-0", "c").by(ALICE);
    Map<String, Integer> counts = new TreeMap<>(Map.of("a", 0, "b", 0, "c", 0));
    counts.put(counted, 1);
    String expected = counts.toString().replace("{", "").replace("}", "").replace(",", "");
    for (List<Ballot> order :
        List.of(
            List.of(a, b, c),
            List.of(a, c, b),
            List.of(b, a, c),
            List.of(b, c, a),
            List.of(c, a, b),
            List.of(c, b, a))) {
      clear();
      inForce(poll("1", changeable ? BALLOTS_LAST : BALLOTS_FIRST, ABC));
      for (Ballot ballot : order) {
        assertThat(record(ballot)).isEqualTo("(1,0,{},0)");
      }
      assertThat(totals("1")).isEqualTo(expected);
      assertThat(record(connection, order)).isEqualTo("(0,0,{},0)");
      assertThat(totals("1")).isEqualTo(expected);

      clear();
      inForce(poll("1", changeable ? BALLOTS_LAST : BALLOTS_FIRST, ABC));
      assertThat(record(connection, order)).isEqualTo("(3,0,{},0)");
      assertThat(totals("1")).isEqualTo(expected);
      assertThat(query("SELECT count(*) FROM ballots")).isEqualTo("1");
    }
  }

  @Test
  void eachVoterHasABallotInEachRound() throws SQLException {
    inForce(poll("1", BALLOTS_LAST, ABC));
    record(
        Ballot.of("1-0", "a").by(ALICE),
        Ballot.of("1-1", "a").by(BOB),
        Ballot.of("1-2", "b").by(ALICE).in("2"),
        Ballot.of("1-3", "c"));
    record(Ballot.of("1-4", "b").by(ALICE), Ballot.of("1-5", "a").by(BOB));
    assertThat(totals("1")).isEqualTo("a=1 b=1 c=1");
    assertThat(query("SELECT count FROM round_votes WHERE round = '2' AND option = 'b'"))
        .isEqualTo("1");
  }

  /** A batch whose answer was lost is repeated, maybe in other company. */
  @Test
  void aRepeatedIdCountsOnceEvenWithinABatch() throws SQLException {
    inForce(poll("1", BALLOTS_LAST, ABC));
    assertThat(
            record(
                Ballot.of("1-0", "a").by(ALICE),
                Ballot.of("1-0", "a").by(ALICE),
                Ballot.of("1-1", "b"),
                Ballot.of("1-1", "b")))
        .startsWith("(2,0,{},");
    assertThat(totals("1")).isEqualTo("a=1 b=1 c=0");
  }

  @Test
  void aVoteCountsFromTheOpeningUntilBeforeTheClose() throws SQLException {
    inForce(poll("1", "", ABC));
    assertThat(
            record(
                Ballot.of("99-999", "a").between(100L, 200L),
                Ballot.of("100-0", "a").between(100L, 200L),
                Ballot.of("199-18446744073709551615", "b").between(100L, 200L),
                Ballot.of("200-0", "c").between(100L, 200L),
                Ballot.of("200-1", "c").between(null, 200L),
                Ballot.of("99-0", "c").between(100L, null),
                Ballot.of("18446744073709551615-1", "b").between(100L, null),
                Ballot.plain("300-0", "cats")))
        .isEqualTo("(4,0,{},4)");
    assertThat(totals("1")).isEqualTo("a=1 b=2 c=0");
    assertThat(query("SELECT count(*) FROM vote_events")).isEqualTo("4");
    // And says so again.
    assertThat(record(Ballot.of("200-0", "c").between(100L, 200L))).isEqualTo("(0,0,{},1)");
  }

  /** Whatever the poll says by now: the API answered by what the vote says. */
  @Test
  void whatAPollSaysNowJudgesNoVote() throws SQLException {
    inForce(poll("1", BALLOTS_LAST + ",\"closesAt\":\"1970-01-01T00:00:01Z\"", ABC));
    assertThat(
            record(
                Ballot.of("2000-0", "a").between(null, 3000L),
                Ballot.of("2000-1", "gone"),
                Ballot.of("2000-2", "a").in("unknown")))
        .isEqualTo("(3,0,{},0)");
    assertThat(totals("1")).isEqualTo("a=1 b=0 c=0");
    assertThat(query("SELECT count FROM round_votes WHERE option = 'gone'")).isEqualTo("1");
  }

  @Test
  void eachRoundHasKeysOfItsOwnAndALateVoteTakesNone() throws SQLException {
    inForce(poll("1", "", ABC));
    assertThat(record(Ballot.plain("1-0", "cats").with("k"), Ballot.of("1-1", "a").with("k")))
        .isEqualTo("(2,0,{},0)");
    assertThat(
            record(
                Ballot.of("1-2", "b").with("k"),
                Ballot.of("1-3", "b").with("k").in("2"),
                Ballot.plain("1-4", "cats").with("k")))
        .isEqualTo("(1,2,{},0)");
    assertThat(
            record(
                Ballot.of("9-0", "a").with("late").between(null, 9L),
                Ballot.of("9-1", "c").with("late").between(null, 10L)))
        .isEqualTo("(1,0,{},1)");
    assertThat(totals("1")).isEqualTo("a=1 b=0 c=1");
    assertThat(plainTotals()).isEqualTo("cats=1 dogs=0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSecondSessionWaitsForTheFirstAndMovesItsBallot(boolean existed) throws Exception {
    inForce(poll("1", BALLOTS_LAST, ABC));
    if (existed) {
      record(Ballot.of("1-0", "c").by(ALICE), Ballot.of("1-1", "c").by(BOB));
    }
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();
        Connection first = connect()) {
      first.setAutoCommit(false);
      record(first, List.of(Ballot.of("2-0", "a").by(ALICE), Ballot.of("2-1", "a").by(BOB)));
      Future<String> second =
          pool.submit(
              () -> {
                try (Connection other = connect()) {
                  return record(
                      other,
                      List.of(Ballot.of("1-9", "c").by(BOB), Ballot.of("2-2", "b").by(ALICE)));
                }
              });
      await()
          .until(
              () ->
                  query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                      .equals("1"));
      first.commit();
      assertThat(second.get()).isEqualTo("(2,0,{},0)");
    }
    assertThat(totals("1")).isEqualTo("a=1 b=1 c=0");
  }

  /** Overlapping batches in any order by many at once, as after kills: nobody deadlocks. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void manySessionsComeToTheSameBallots(boolean changeable) throws Exception {
    inForce(poll("1", changeable ? BALLOTS_LAST : BALLOTS_FIRST, ABC));
    Random random = new Random(13);
    List<Ballot> votes = new ArrayList<>();
    Map<String, Ballot> counted = new TreeMap<>();
    for (int i = 0; i < 2_000; i++) {
      String voter = "voter-" + random.nextInt(300);
      Ballot ballot = Ballot.of("7-" + i, "abc".substring(i % 3, i % 3 + 1)).by(voter);
      votes.add(ballot);
      if (changeable) {
        counted.put(voter, ballot);
      } else {
        counted.putIfAbsent(voter, ballot);
      }
    }
    List<List<Ballot>> batches = new ArrayList<>();
    for (int from = 0; from < votes.size(); from += 50) {
      batches.add(votes.subList(from, Math.min(votes.size(), from + 100)));
    }
    batches.addAll(List.copyOf(batches));
    Collections.shuffle(batches, random);
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<?>> results = new ArrayList<>();
      for (int session = 0; session < 4; session++) {
        int own = session;
        results.add(
            pool.submit(
                () -> {
                  try (Connection other = connect()) {
                    for (int i = own; i < batches.size(); i += 4) {
                      record(other, batches.get(i));
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    }
    Map<String, Long> totals = new TreeMap<>(Map.of("a", 0L, "b", 0L, "c", 0L));
    counted.values().forEach(ballot -> totals.merge(ballot.option(), 1L, Long::sum));
    assertThat(totals("1"))
        .isEqualTo("a=%d b=%d c=%d".formatted(totals.get("a"), totals.get("b"), totals.get("c")));
    assertThat(query("SELECT count(*) FROM ballots")).isEqualTo("" + counted.size());
  }
}
