package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.servers.postgres.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/** What the components' logins may do in a real PostgreSQL, and that it is nothing else. */
class RolesIT {
  private static final List<String> API = List.of("voting_api", "voting_api_b");
  private static final List<String> CONSUMER = List.of("voting_consumer", "voting_consumer_b");
  private static final String RECORD =
      "SELECT recorded FROM record_votes("
          + "'{1-0}', '{cats}', '{1}', '{NULL}', '{NULL}', '{key}', '{NULL}')";

  /** With a voter, so that every table of polls is written. */
  private static final String RECORD_BALLOT =
      "SELECT recorded FROM record_votes('{2-0}', '{a}', '{1}', '{NULL}', '{NULL}', '{key}',"
          + " '{NULL}', '{1}', '{NULL}', '{NULL}', '{someone}')";

  private static final String DECLARE =
      "SELECT outcome FROM declare_poll('{\"round\":\"1\",\"results\":\"AfterClose\","
          + "\"options\":[{\"key\":\"a\"},{\"key\":\"b\"}]}', 'app', 1, 0)";

  private static final List<String> COMMANDS =
      List.of(
          "CREATE TABLE mine (n INT)",
          "CREATE TEMP TABLE votes (n INT)",
          "CREATE SCHEMA mine",
          "CREATE FUNCTION mine() RETURNS INT LANGUAGE sql AS 'SELECT 1'",
          "CREATE ROLE mine",
          "CREATE DATABASE mine",
          "CREATE EXTENSION pg_trgm",
          "DO $$ BEGIN END $$",
          "SELECT lo_create(0)",
          "SELECT lo_from_bytea(0, 'x')",
          "COPY (SELECT 1) TO PROGRAM 'cat'",
          "COPY (SELECT 1) TO '/tmp/mine'",
          "SELECT pg_read_file('PG_VERSION')",
          "SELECT * FROM pg_authid",
          "ALTER SYSTEM SET fsync = off",
          "SET ROLE voting",
          "SET SESSION AUTHORIZATION voting",
          "ALTER ROLE voting PASSWORD 'mine'",
          "GRANT voting_recorder TO CURRENT_USER",
          "SELECT increment_vote('cats')",
          "SELECT raise_totals(1, 0)",
          "SELECT raise_poll_totals('1', '{a}', '{1}')",
          "SELECT count_poll_votes('{1-0}', '{1}', '{a}', '{NULL}')",
          "SELECT poll_conflict('{}')",
          "TRUNCATE votes",
          "DROP FUNCTION get_vote_results()",
          "BEGIN; LOCK TABLE votes");

  private PostgresServer server;
  private Connection owner;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException, SQLException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    server =
        PostgresServer.at(folder.resolve("data")).fast().user("voting").database("votes").start();
    owner = connect("voting", "votes");
  }

  @AfterEach
  void stop() throws SQLException {
    owner.close();
    server.close();
  }

  @Test
  void eachLoginMayDoItsOneThingAndNothingElse() throws SQLException {
    Schema.apply(owner);
    assertOnlyWhatIsMeant();
  }

  @Test
  void aDatabaseOfTheReferenceSchemaIsTheSame() throws Exception {
    try (InputStream dump =
            RolesIT.class.getResourceAsStream("/dev/voting/schema/reference-dump.sql");
        Connection older = connect("voting", "votes")) {
      older.createStatement().execute(new String(dump.readAllBytes(), StandardCharsets.UTF_8));
    }
    Schema.apply(owner);
    Schema.apply(owner);
    assertOnlyWhatIsMeant();
  }

  @Test
  void whatWasGivenAwayBeforeIsTakenBack() throws SQLException {
    for (String file : Schema.files().subList(0, Schema.files().size() - 1)) {
      execute(owner, Schema.text(file));
    }
    execute(
        owner,
        """
        CREATE ROLE voting_api SUPERUSER CREATEDB CREATEROLE LOGIN PASSWORD 'postgres';
        CREATE TABLE other (n INT);
        GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC, voting_api;
        GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC, voting_api;
        GRANT ALL ON SCHEMA public TO PUBLIC, voting_api;
        """);
    Schema.apply(owner);
    assertOnlyWhatIsMeant();
  }

  /** As the operator brings it: between two starts nobody who is connected notices anything. */
  @Test
  void rightsHoldWhileTheSchemaIsAppliedAgain() throws SQLException {
    Schema.apply(owner);
    letIn();
    try (Connection consumer = connect("voting_consumer", "votes")) {
      for (String file : Schema.files()) {
        execute(owner, Schema.text(file));
        execute(consumer, RECORD);
      }
    }
  }

  @Test
  void everyOtherCommandIsRefused() throws SQLException {
    Schema.apply(owner);
    letIn();
    for (String login : List.of("voting_api", "voting_consumer")) {
      try (Connection connection = connect(login, "votes")) {
        COMMANDS.forEach(command -> refused(connection, command));
      }
    }
  }

  @Test
  void theApiReadsNoHiddenCount() throws SQLException {
    Schema.apply(owner);
    letIn();
    try (Connection consumer = connect("voting_consumer", "votes");
        Connection api = connect("voting_api", "votes")) {
      execute(consumer, DECLARE);
      execute(consumer, RECORD_BALLOT);
      String counts =
          "SELECT string_agg(coalesce(count::TEXT, 'hidden'), ' ') FROM get_poll_results('1')";
      assertThat(first(api, counts)).isEqualTo("hidden hidden");
      everyTableIsRefused(api);
      // A table or function of its own would have to be in a schema that it cannot create.
      execute(api, "SET search_path = pg_temp, public");
      assertThat(first(api, counts)).isEqualTo("hidden hidden");
      execute(consumer, "SELECT finish_round('1', 1)");
      assertThat(first(api, counts)).isEqualTo("1 0");
    }
  }

  /** By the server's own account of everybody's rights, whatever there is, and by trying. */
  private void assertOnlyWhatIsMeant() throws SQLException {
    letIn();
    assertThat(rights(API))
        .containsExactlyInAnyOrderElementsOf(
            meant(API, "get_vote_results()", "get_poll_results(text)"));
    assertThat(rights(CONSUMER))
        .containsExactlyInAnyOrderElementsOf(
            meant(
                CONSUMER,
                "record_votes(text[],text[],bigint[],text[],text[],text[])",
                "record_votes(text[],text[],bigint[],text[],text[],text[],text[])",
                "record_votes(text[],text[],bigint[],text[],text[],text[],text[],text[],bigint[],"
                    + "bigint[],text[])",
                "forget_requests(timestamp with time zone,text)",
                "declare_poll(text,text,bigint,bigint)",
                "restore_poll(text,bigint)",
                "poll_duties()",
                "finish_round(text,bigint)"));

    for (String login : API) {
      try (Connection connection = connect(login, "votes")) {
        execute(connection, "LISTEN votes");
        try (Connection consumer = connect("voting_consumer", "votes")) {
          execute(consumer, RECORD.replace("1-0", login.length() + "-0").replace("key", login));
        }
        assertThat(connection.unwrap(PGConnection.class).getNotifications(5000)).isNotEmpty();
        assertThat(first(connection, "SELECT count(*) FROM get_vote_results()")).isEqualTo("2");
        refused(connection, RECORD);
        refused(connection, RECORD_BALLOT);
        refused(connection, DECLARE);
        refused(connection, "SELECT * FROM poll_duties()");
        refused(connection, "SELECT finish_round('1', 1)");
        everyTableIsRefused(connection);
      }
    }
    for (String login : CONSUMER) {
      try (Connection connection = connect(login, "votes")) {
        // Neither a path nor a table of the caller's own comes between.
        execute(connection, "SET search_path = pg_temp, pg_catalog");
        execute(connection, RECORD.replace("record_votes", "public.record_votes"));
        execute(
            connection,
            RECORD.replace("record_votes", "public.record_votes").replace(", '{NULL}')", ")"));
        execute(connection, "SELECT public.forget_requests(NULL, '9-0')");
        execute(connection, DECLARE.replace("declare_poll", "public.declare_poll"));
        execute(connection, RECORD_BALLOT.replace("record_votes", "public.record_votes"));
        execute(connection, "SELECT public.restore_poll('{}', 0)");
        execute(connection, "SELECT * FROM public.poll_duties()");
        execute(connection, "SELECT public.finish_round('1', 1000)");
        execute(connection, "RESET search_path");
        refused(connection, "SELECT * FROM get_vote_results()");
        refused(connection, "SELECT * FROM get_poll_results(NULL)");
        everyTableIsRefused(connection);
      }
    }
    for (String login : List.of("voting_api", "voting_consumer")) {
      for (String other : List.of("postgres", "template1")) {
        assertThatThrownBy(() -> connect(login, other).close())
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("permission denied for database");
      }
    }
    for (String nobody : List.of("voting_results", "voting_recorder")) {
      assertThatThrownBy(() -> connect(nobody, "votes").close()).isInstanceOf(SQLException.class);
    }
  }

  private void everyTableIsRefused(Connection connection) throws SQLException {
    List<String> tables =
        all(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'S', 'v')"
                + " AND relnamespace = 'public'::regnamespace");
    assertThat(tables).contains("votes", "vote_events", "vote_requests", "votes_id_seq");
    for (String table : tables) {
      refused(connection, "SELECT * FROM " + table);
      if (table.endsWith("_seq")) {
        refused(connection, "SELECT nextval('" + table + "')");
      } else {
        refused(connection, "INSERT INTO " + table + " DEFAULT VALUES");
        refused(connection, "DELETE FROM " + table);
      }
    }
  }

  private static List<String> meant(List<String> logins, String... functions) {
    List<String> meant = new ArrayList<>();
    for (String login : logins) {
      meant.add(login + " CONNECT votes");
      meant.add(login + " USAGE public");
      for (String function : functions) {
        meant.add(login + " EXECUTE " + function);
      }
    }
    return meant;
  }

  /** Every right of every kind on whatever is not PostgreSQL's own and unchanged. */
  private List<String> rights(List<String> logins) throws SQLException {
    String among = "('" + String.join("', '", logins) + "')";
    return all(
        """
        WITH r AS (SELECT oid, rolname FROM pg_roles WHERE rolname IN %s),
             c AS (SELECT pg_class.oid, relname, relkind, relnamespace FROM pg_class
                    WHERE relnamespace NOT IN ('pg_catalog'::regnamespace,
                                               'information_schema'::regnamespace)
                      AND relnamespace::regnamespace::text NOT LIKE 'pg_toast%%')
        SELECT r.rolname || ' ' || p || ' ' || c.relname FROM r, c,
               unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) AS p
         WHERE relkind IN ('r', 'v', 'm', 'f', 'p') AND has_any_column_privilege(r.oid, c.oid, p)
        UNION ALL
        SELECT r.rolname || ' ' || p || ' ' || c.relname FROM r, c,
               unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS p
         WHERE relkind IN ('r', 'v', 'm', 'f', 'p') AND has_table_privilege(r.oid, c.oid, p)
        UNION ALL
        SELECT r.rolname || ' ' || p || ' ' || pg_class.relname FROM r, pg_class,
               unnest('{INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) AS p
         WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'
           AND has_table_privilege(r.oid, pg_class.oid, p)
        UNION ALL
        SELECT r.rolname || ' ' || p || ' ' || c.relname FROM r, c,
               unnest('{SELECT,UPDATE,USAGE}'::text[]) AS p
         WHERE relkind = 'S' AND has_sequence_privilege(r.oid, c.oid, p)
        UNION ALL
        SELECT r.rolname || ' EXECUTE ' || f.oid::regprocedure FROM r, pg_proc f
         WHERE (pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
                OR proname LIKE 'lo\\_creat%%' OR proname IN ('lo_from_bytea', 'lo_open', 'lo_put'))
           AND has_function_privilege(r.oid, f.oid, 'EXECUTE')
        UNION ALL
        SELECT r.rolname || ' ' || p || ' ' || d.datname FROM r, pg_database d,
               unnest('{CREATE,CONNECT,TEMP}'::text[]) AS p
         WHERE d.datname <> 'template0' AND has_database_privilege(r.oid, d.oid, p)
        UNION ALL
        SELECT r.rolname || ' ' || p || ' ' || n.nspname FROM r, pg_namespace n,
               unnest('{CREATE,USAGE}'::text[]) AS p
         WHERE has_schema_privilege(r.oid, n.oid, p)
           AND NOT (p = 'USAGE' AND nspname IN ('pg_catalog', 'information_schema'))
        UNION ALL
        SELECT r.rolname || ' USAGE language ' || l.lanname FROM r, pg_language l
         WHERE lanpltrusted AND has_language_privilege(r.oid, l.oid, 'USAGE')
        UNION ALL
        SELECT r.rolname || ' CREATE tablespace ' || t.spcname FROM r, pg_tablespace t
         WHERE has_tablespace_privilege(r.oid, t.oid, 'CREATE')
        UNION ALL
        SELECT r.rolname || ' member of ' || o.rolname FROM r, pg_roles o
         WHERE r.oid <> o.oid AND pg_has_role(r.oid, o.oid, 'MEMBER')
        UNION ALL
        SELECT rolname || ' is privileged' FROM pg_roles
         WHERE rolname IN %s AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication
                                  OR rolbypassrls OR rolconnlimit < 0)
        """
            .formatted(among, among));
  }

  private void letIn() throws SQLException {
    for (String login : API) {
      execute(owner, "ALTER ROLE " + login + " LOGIN PASSWORD 'postgres'");
    }
    for (String login : CONSUMER) {
      execute(owner, "ALTER ROLE " + login + " LOGIN PASSWORD 'postgres'");
    }
  }

  private static void refused(Connection connection, String sql) {
    assertThatThrownBy(() -> execute(connection, sql))
        .as(sql)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String first(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private List<String> all(String sql) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Statement statement = owner.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }

  private Connection connect(String user, String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database, user, "postgres");
  }
}
