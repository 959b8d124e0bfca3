package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What the database puts in force, refuses, finishes and shows of polls. */
class DeclarePollIT extends WithPolls {
  private static final String[] YES_NO = {"yes=Yes", "no=No"};
  private static final String CLOSES = BALLOTS_LAST + ",\"closesAt\":\"2026-12-01T18:00:00Z\"";

  @Test
  void aRepeatChangesNothing() throws SQLException {
    assertThat(declare(poll("1", "", YES_NO), "app", 1, 0)).isEqualTo("declared; 1.1#1");
    assertThat(declare(poll("1", "", YES_NO), "app", 1, 0)).isEqualTo("unchanged; 1.1#1");
    assertThat(declare(poll("1", "", YES_NO), "app", 2, 1)).isEqualTo("unchanged; 1.1#1");
    assertThat(totals("1")).isEqualTo("no=0 yes=0");
  }

  @Test
  void whatMayChangeIsANewRevision() throws SQLException {
    inForce(poll("1", BALLOTS_LAST, YES_NO));
    assertThat(declare(poll("1", CLOSES, "yes=Yes!", "no=No", "maybe=Maybe"), "app", 2, 0))
        .isEqualTo("declared; 1.2#2");
    assertThat(query("SELECT count(*) FROM polls")).isEqualTo("2");
    assertThat(totals("1")).isEqualTo("maybe=0 no=0 yes=0");
  }

  static Stream<Arguments> conflicts() {
    return Stream.of(
        Arguments.of("options: the key \"no\" is missing", poll("1", BALLOTS_LAST, "yes=Yes")),
        Arguments.of(
            "options: the label of \"no\" was that of \"yes\"",
            poll("1", BALLOTS_LAST, "yes=No", "no=Yes")),
        Arguments.of(
            "options: the label of \"other\" was that of \"yes\"",
            poll("1", BALLOTS_LAST, "yes=Maybe", "no=No", "other= yES ")),
        Arguments.of(
            "results: is Live", poll("1", BALLOTS_LAST.replace("Live", "AfterClose"), YES_NO)),
        Arguments.of("ballots: per", poll("1", BALLOTS_LAST.replace("Browser", "Request"), YES_NO)),
        Arguments.of("ballots: per and changeable", poll("1", BALLOTS_FIRST, YES_NO)));
  }

  @ParameterizedTest
  @MethodSource("conflicts")
  void whatStaysWithinARoundIsRefusedWhileTheOldOneCountsOn(String problem, String wanted)
      throws SQLException {
    inForce(poll("1", BALLOTS_LAST, YES_NO));
    assertThat(declare(wanted, "app", 2, 0)).startsWith("conflict: " + problem).endsWith("; 1.1#1");
    // Of another round it is no matter.
    assertThat(declare(wanted.replace("\"round\":\"1\"", "\"round\":\"2\""), "app", 3, 0))
        .isEqualTo("declared; 2.1#2");
    // Nor does it become right because the poll was another one, or none, in between.
    assertThat(declare(wanted, "app", 4, 0)).startsWith("conflict: " + problem);
  }

  @Test
  void tokensMayGrowAndNotShrink() throws SQLException {
    String tokens = "\"ballots\":{\"per\":\"Token\",\"changeable\":true,\"tokens\":%d}";
    inForce(poll("1", tokens.formatted(5), YES_NO));
    assertThat(declare(poll("1", tokens.formatted(6), YES_NO), "app", 2, 0)).startsWith("declared");
    assertThat(declare(poll("1", tokens.formatted(5), YES_NO), "app", 3, 0))
        .startsWith("conflict: ballots.tokens");
  }

  /** Of which each step alone swaps nothing. */
  @Test
  void labelsAreNotSwappedInTwoSteps() throws SQLException {
    inForce(poll("1", "", YES_NO));
    assertThat(declare(poll("1", "", "yes=Maybe", "no=No"), "app", 2, 0)).startsWith("declared");
    assertThat(declare(poll("1", "", "yes=Maybe", "no=Yes"), "app", 3, 0))
        .startsWith("conflict: options: the label of \"no\" was that of \"yes\"");
    assertThat(declare(poll("1", "", YES_NO), "app", 4, 0)).isEqualTo("declared; 1.3#3");
  }

  @Test
  void whatIsNoPollIsRefused() throws SQLException {
    assertThat(query("SELECT outcome FROM declare_poll('{\"round\":\"1\"}', '', 0, 0)"))
        .isEqualTo("conflict");
    inForce(poll("1", "", YES_NO));
    assertThat(declare("{\"round\":\"\",\"options\":[]}", "app", 2, 0)).startsWith("conflict");
  }

  @Test
  void aPodOfBeforeDoesNotBringItsPollBack() throws SQLException {
    assertThat(declare(poll("1", "", YES_NO), "app", 1, 0)).isEqualTo("declared; 1.1#1");
    assertThat(declare(poll("2", "", YES_NO), "app", 2, 0)).isEqualTo("declared; 2.1#2");
    assertThat(declare(poll("1", "", YES_NO), "app", 1, 0)).isEqualTo("stale; 2.1#2");
    // A VotingApp that was created again begins at 1.
    assertThat(declare(poll("1", "", YES_NO), "again", 1, 0)).isEqualTo("declared; 1.1#3");
  }

  @Test
  void anEarlierRoundIsReturnedToWithItsVotes() throws SQLException {
    inForce(poll("1", "", YES_NO));
    record(Ballot.of("1-0", "yes"), Ballot.of("1-1", "yes"));
    assertThat(declare(poll("2", "", YES_NO), "app", 2, 0)).isEqualTo("declared; 2.1#2");
    record(Ballot.of("1-2", "no").in("2"));
    assertThat(totals("2")).isEqualTo("no=1 yes=0");
    assertThat(totals("1")).isEqualTo("no=0 yes=2");
    assertThat(declare(poll("1", "", YES_NO), "app", 3, 0)).isEqualTo("declared; 1.1#3");
    record(Ballot.of("1-3", "no"));
    assertThat(totals("1")).isEqualTo("no=1 yes=2");
    assertThat(query("SELECT string_agg(DISTINCT round, ' ') FROM get_poll_results(NULL)"))
        .isEqualTo("1 2");
  }

  @Test
  void aFinalRoundNeverOpensAgain() throws SQLException {
    inForce(poll("1", CLOSES, YES_NO));
    assertThat(query("SELECT finish_round('1', 1)")).isEqualTo("t");
    assertThat(query("SELECT finish_round('1', 1)")).isEqualTo("t");
    for (String opened : List.of(BALLOTS_LAST, CLOSES.replace("18:00", "18:01"))) {
      assertThat(declare(poll("1", opened, YES_NO), "app", 2, 0))
          .startsWith("conflict: closesAt: this round is final");
    }
    // What opens nothing may change, and it stays final.
    assertThat(declare(poll("1", CLOSES, "yes=Yes!", "no=No"), "app", 3, 0))
        .isEqualTo("declared; 1.2#2");
    assertThat(query("SELECT DISTINCT is_final FROM get_poll_results('1')")).isEqualTo("t");
  }

  @Test
  void aRoundThatWasExtendedMeanwhileDoesNotBecomeFinal() throws SQLException {
    inForce(poll("1", CLOSES, YES_NO));
    assertThat(declare(poll("1", CLOSES.replace("18:00", "18:01"), YES_NO), "app", 2, 0))
        .isEqualTo("declared; 1.2#2");
    assertThat(query("SELECT finish_round('1', 1)")).isEqualTo("f");
    assertThat(query("SELECT DISTINCT is_final FROM get_poll_results('1')")).isEqualTo("f");
  }

  @Test
  void consumersKeepTheOneInForceAndFinishWhatCloses() throws SQLException {
    assertThat(duties()).isNull();
    inForce(poll("1", CLOSES, YES_NO));
    assertThat(declare(poll("2", "", YES_NO), "app", 2, 0)).startsWith("declared");
    assertThat(duties()).isEqualTo("2#2 - f {\"seq\": 2; 1#1 1796148000000 f -");
    query("SELECT finish_round('1', 1)");
    assertThat(duties()).isEqualTo("2#2 - f {\"seq\": 2");
  }

  private String duties() throws SQLException {
    return query(
        "SELECT string_agg(concat_ws(' ', round || '#' || seq, coalesce(closes_ms::TEXT, '-'), is_final,"
            + " coalesce(left(in_force, 9), '-')), '; ') FROM poll_duties()");
  }

  /** A backup's numbers are those of before, but Redis goes on from its own. */
  @Test
  void aRestoredDatabaseComesToNumbersThatRedisTakes() throws SQLException {
    inForce(poll("1", "", YES_NO));
    assertThat(declare(poll("1", "", YES_NO), "app", 1, 5)).isEqualTo("declared; 1.1#6");
    assertThat(declare(poll("2", "", YES_NO), "app", 2, 6)).isEqualTo("declared; 2.1#7");
    // What is in force without being declared now gets its number too.
    assertThat(declare(poll("2", "", "yes=No", "no=Yes"), "app", 3, 20))
        .startsWith("conflict")
        .endsWith("; 2.1#21");
    assertThat(declare(poll("1", "", YES_NO), "app", 1, 30)).isEqualTo("stale; 2.1#31");
  }

  @Test
  void aDatabaseThatKnowsNoPollTakesTheOneOfRedis() throws SQLException {
    String inRedis = "{\"seq\":8,\"definition\":" + poll("1", "", YES_NO) + "}";
    assertThat(query("SELECT restore_poll('" + inRedis + "', 8)")).isEqualTo("t");
    assertThat(query("SELECT round || seq FROM poll_duties()")).isEqualTo("19");
    // Redis has an older one only until the next moment: that one stays the older one.
    assertThat(declare(poll("2", "", YES_NO), "app", 1, 9)).isEqualTo("declared; 2.1#10");
    assertThat(query("SELECT restore_poll('" + inRedis + "', 9)")).isEqualTo("f");
    assertThat(query("SELECT round FROM poll_duties()")).isEqualTo("2");
  }

  @Test
  void hiddenResultsHaveNoCountUntilTheyAreFinal() throws SQLException {
    inForce(poll("1", CLOSES.replace("Live", "AfterClose"), YES_NO));
    record(Ballot.of("1-0", "yes"), Ballot.of("1-1", "yes"), Ballot.of("1-2", "no"));
    assertThat(totals("1")).isEqualTo("no=? yes=?");
    assertThat(query("SELECT DISTINCT hidden || ' ' || total FROM get_poll_results('1')"))
        .isEqualTo("true 3");
    query("SELECT finish_round('1', 1)");
    assertThat(totals("1")).isEqualTo("no=1 yes=2");
    assertThat(query("SELECT DISTINCT hidden FROM get_poll_results('1')")).isEqualTo("f");
  }

  @Test
  void resultsAreInTheOrderOfTheDefinition() throws SQLException {
    inForce(poll("1", "", "zebra=Z", "ant=A", "mole=M"));
    record(Ballot.of("1-0", "mole"));
    assertThat(query("SELECT string_agg(label || count, ' ') FROM get_poll_results('1')"))
        .isEqualTo("Z0 A0 M1");
    assertThat(query("SELECT count(*) FROM get_poll_results('none')")).isEqualTo("0");
  }

  @Test
  void notificationsSayWhatChangedAndNoCount() throws SQLException {
    try (var listener = connect()) {
      listener.createStatement().execute("LISTEN " + Schema.POLL_CHANNEL);
      inForce(poll("1", CLOSES, YES_NO));
      record(Ballot.of("1-0", "yes"), Ballot.of("1-1", "no"));
      record(Ballot.of("1-0", "yes"), Ballot.of("1-1", "no"));
      query("SELECT finish_round('1', 1)");
      query("SELECT finish_round('1', 1)");
      List<String> payloads = new ArrayList<>();
      while (payloads.size() < 3) {
        for (PGNotification n : listener.unwrap(PGConnection.class).getNotifications(5000)) {
          payloads.add(n.getParameter().replaceAll("(version\" : )\\d+", "$1n"));
        }
      }
      assertThat(payloads)
          .containsExactly(
              "{\"round\" : \"1\", \"seq\" : 1}",
              "{\"round\" : \"1\", \"version\" : n}",
              "{\"round\" : \"1\", \"final\" : true}");
    }
  }
}
