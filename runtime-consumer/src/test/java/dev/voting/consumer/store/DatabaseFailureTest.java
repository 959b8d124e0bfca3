package dev.voting.consumer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseFailureTest {

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE, 08006, connection failure",
    "UNAVAILABLE, 57P03, starting up or in recovery",
    "UNAVAILABLE, 57014, statement timeout",
    "UNAVAILABLE, 25006, read-only transaction",
    "UNAVAILABLE, 53100, disk full",
    "UNAVAILABLE, 53300, too many connections",
    "UNAVAILABLE, 40P01, deadlock",
    "UNAVAILABLE, 55P03, lock timeout",
    "UNAVAILABLE, 57P01, an administrator ends the connection",
    "UNAVAILABLE, 57P02, another backend crashed",
    "UNAVAILABLE, 53200, out of memory",
    "UNAVAILABLE, 40001, serialization failure",
    "UNAVAILABLE, 2200H, sequence used up",
    "UNAVAILABLE, XX000, internal error",
    "UNAVAILABLE, , no state at all",
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
