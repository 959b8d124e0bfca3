package dev.voting.consumer.store;

import java.sql.SQLException;
import org.postgresql.util.PSQLState;

/** How to react to a failed database call. */
public enum DatabaseFailure {
  /** Unreachable, busy, full, read-only, in recovery, or unclear: retry. */
  UNAVAILABLE,
  /** The database, a table or a function is missing, maybe not created yet. */
  NO_SCHEMA,
  /** A value is refused: one of a vote, or one that the database adds. Find out which. */
  BAD_DATA,
  /** The login or its right is refused: it is wrong, or does not exist yet. */
  REFUSED;

  /** Classifies a failure by its SQLSTATE. Unknown ones are retried: that loses nothing. */
  public static DatabaseFailure of(SQLException failure) {
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    if (state.equals(PSQLState.INVALID_PASSWORD.getState())
        || state.equals("28000") // rejected: no such role, or pg_hba.conf
        || state.equals("42501")) { // no right to the table or the function
      return REFUSED;
    }
    if (state.equals("3D000") || state.startsWith("42") || state.equals("3F000")) {
      return NO_SCHEMA;
    }
    // 2200H: a sequence is used up, which would refuse every vote.
    if (!state.equals("2200H") && (state.startsWith("22") || state.startsWith("23"))) {
      return BAD_DATA;
    }
    return UNAVAILABLE;
  }
}
