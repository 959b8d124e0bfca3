package dev.voting.api.results;

import dev.voting.runtime.TlsErrors;
import java.sql.SQLException;

/** Describes a database error without addresses, credentials and SQL. */
final class PostgresErrors {
  /** A state of our own, of the class that is free for such. */
  private static final String NO_POLL = "VP001";

  private PostgresErrors() {}

  static String describe(SQLException error) {
    return TlsErrors.describe(error).orElseGet(() -> bySqlState(error));
  }

  static SQLException noPoll() {
    return new SQLException("no poll is declared", NO_POLL);
  }

  static boolean isLoginRefused(SQLException error) {
    return state(error).startsWith("28");
  }

  private static String state(SQLException error) {
    return error.getSQLState() == null ? "" : error.getSQLState();
  }

  private static String bySqlState(SQLException error) {
    String state = state(error);
    return switch (state) {
      case "42883", "42P01", "3F000" -> "the schema is not there yet";
      case "28P01", "28000" -> "it refuses the user name or password";
      case "3D000" -> "the database does not exist";
      case "57P03" -> "it is starting up or shutting down";
      case "53300" -> "it has no connection left";
      case "42501" -> "this service may not read the results";
      case "57014" -> "the query took too long";
      case NO_POLL -> "no poll is declared yet";
      case "08001" -> "no connection";
      default ->
          state.startsWith("08") || state.startsWith("57P") ? "connection lost" : "it failed";
    };
  }
}
