package dev.voting.consumer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseFailureTest {

  @ParameterizedTest
  @CsvSource({
    "AWAY, 08006, connection failure",
    "AWAY, 57P03, starting up or in recovery",
    "AWAY, 57014, statement timeout",
    "AWAY, 25006, read-only transaction",
    "AWAY, 53100, disk full",
    "AWAY, 53300, too many connections",
    "AWAY, 40P01, deadlock",
    "AWAY, 55P03, lock timeout",
    "AWAY, 57P01, an administrator ends the connection",
    "AWAY, 57P02, another backend crashed",
    "AWAY, 53200, out of memory",
    "AWAY, 40001, serialization failure",
    "AWAY, 2200H, sequence used up",
    "AWAY, XX000, internal error",
    "AWAY, , no state at all",
    "NO_SCHEMA, 42P01, no table",
    "NO_SCHEMA, 42883, no function",
    "NO_SCHEMA, 3D000, no database",
    "BAD_DATA, 22P02, malformed value",
    "BAD_DATA, 23514, check violated",
    "REFUSED, 28P01, wrong password",
    "REFUSED, 28000, no such role",
    "REFUSED, 42501, no privilege"
  })
  void followsTheSqlState(DatabaseFailure failure, String state, String why) {
    assertThat(DatabaseFailure.of(new SQLException(why, state))).isEqualTo(failure);
  }
}
