package dev.voting.api.vote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.api.TestCounter;
import dev.voting.api.TestCounter.Counted;
import dev.voting.api.TestServers;
import dev.voting.api.TestServers.Servers;
import dev.voting.api.poll.PollGate;
import dev.voting.runtime.PollVote;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The API answers 201 if and only if the database counts, for any id and any window. */
@ExtendWith(TestServers.class)
class WindowIT {
  private static final int VOTES = 10_000;
  private static final long EDGE = 1_800_000_000_000L;
  private static final String[] EXTREMES = {
    "0-1", "9223372036854775807-0", "9223372036854775808-0", "18446744073709551615-1"
  };

  private final Servers servers;

  WindowIT(Servers servers) {
    this.servers = servers;
  }

  @Test
  void ofTenThousandVotesAroundTheEdgesBothSayTheSame() throws Exception {
    String database = servers.newDatabase();
    Random random = new Random(1);
    List<Counted> votes = new ArrayList<>();
    Set<String> accepted = new HashSet<>();
    for (int i = 0; i < VOTES; i++) {
      String id = i < EXTREMES.length ? EXTREMES[i] : EDGE + random.nextInt(-3, 4) + "-" + (i + 1);
      PollVote poll = new PollVote("1", end(random), end(random), Optional.empty());
      votes.add(new Counted(id, "pizza", poll, "n" + i));
      if (PollGate.refusal(poll, id).isEmpty()) {
        accepted.add(id);
      }
    }
    TestCounter counter = new TestCounter(database);
    assertThat(counter.count(votes)).isEqualTo(VOTES - accepted.size());
    assertThat(counter.count(votes)).as("again").isEqualTo(VOTES - accepted.size());
    assertThat(counted(database)).isEqualTo(accepted);
    assertThat(accepted).hasSizeBetween(VOTES / 5, VOTES * 4 / 5);
  }

  private static OptionalLong end(Random random) {
    return random.nextInt(4) == 0
        ? OptionalLong.empty()
        : OptionalLong.of(EDGE + random.nextInt(-3, 4));
  }

  private static Set<String> counted(String database) throws SQLException {
    Set<String> ids = new HashSet<>();
    try (Connection connection = TestServers.open(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT stream_id FROM vote_events")) {
      while (row.next()) {
        ids.add(row.getString(1));
      }
    }
    return ids;
  }
}
