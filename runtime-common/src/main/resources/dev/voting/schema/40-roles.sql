-- Rights: the API only reads the totals, the consumer only records votes and keeps polls, and nobody else
-- does anything. May be run any number of times; each run ends in the same state, whatever rights were
-- granted before.
--
-- Each component has two logins with the same rights, one of which is in use: a rotation moves it to
-- the other. This file has no password; nobody can use a login without one.
--
-- Skipped if the current user may not create roles, as at a managed server, whose operator manages its
-- users and rights.

DO $$
DECLARE
  database_name TEXT;
  function_name REGPROCEDURE;
  login TEXT;
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RAISE NOTICE 'not a superuser: roles and their rights are left as they are';
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(7234817001);
  SET LOCAL client_min_messages = warning;

  -- The roles. voting_results and voting_recorder own the functions.
  FOREACH login IN ARRAY ARRAY['voting_api', 'voting_api_b', 'voting_consumer', 'voting_consumer_b',
                               'voting_results', 'voting_recorder']
  LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', login);
    END IF;
    EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS',
                   login);
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', login);
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM %I', login);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM %I', login);
    EXECUTE format('REVOKE ALL ON SCHEMA public FROM %I', login);
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', login);
  END LOOP;

  -- Together fewer than the default limit of a server, so that neither component can lock the other
  -- one out. The operator sets them by the number of pods right after this.
  ALTER ROLE voting_api CONNECTION LIMIT 60;
  ALTER ROLE voting_api_b CONNECTION LIMIT 60;
  ALTER ROLE voting_consumer CONNECTION LIMIT 30;
  ALTER ROLE voting_consumer_b CONNECTION LIMIT 30;

  -- Nobody needs the default rights of PUBLIC: the tables, the schema, the databases, DO, and large
  -- objects, with which anybody could fill the disk.
  REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
  REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC;
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
  ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
  REVOKE ALL ON LANGUAGE plpgsql, sql FROM PUBLIC;
  FOR function_name IN
    SELECT oid::REGPROCEDURE
      FROM pg_proc
     WHERE pronamespace = 'pg_catalog'::REGNAMESPACE
       AND proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_open', 'lo_put', 'lowrite')
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', function_name);
  END LOOP;
  FOR database_name IN
    SELECT datname FROM pg_database WHERE datname IN (current_database(), 'postgres', 'template1')
  LOOP
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', database_name);
  END LOOP;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO voting_api, voting_api_b, voting_consumer, voting_consumer_b',
                 current_database());

  -- The API.
  GRANT SELECT ON votes, polls, round_votes TO voting_results;
  ALTER FUNCTION get_vote_results() OWNER TO voting_results;
  ALTER FUNCTION get_poll_results(TEXT) OWNER TO voting_results;
  GRANT EXECUTE ON FUNCTION get_vote_results(), get_poll_results(TEXT) TO voting_api, voting_api_b;

  -- The consumer.
  GRANT SELECT, INSERT, UPDATE ON votes, polls, round_votes, ballots TO voting_recorder;
  GRANT SELECT, INSERT ON vote_events, vote_repeats TO voting_recorder;
  GRANT SELECT, INSERT, UPDATE, DELETE ON vote_requests TO voting_recorder;
  -- The sequences of a database from before identity columns.
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO voting_recorder;
  GRANT UPDATE ON SEQUENCE poll_numbers TO voting_recorder;
  GRANT EXECUTE ON FUNCTION raise_totals(BIGINT, BIGINT), find_total(TEXT), unix_ms_time(BIGINT),
    stream_time(TEXT),
    is_same_vote(TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ),
    record_votes(TEXT[], TEXT[], BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[]),
    record_votes(TEXT[], TEXT[], BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[], BIGINT[], BIGINT[], TEXT[]),
    raise_poll_totals(TEXT, TEXT[], BIGINT[]), ballot_order(TEXT),
    only_these(TEXT[], TEXT[], TEXT[], TEXT[], TEXT[]),
    count_poll_votes(TEXT[], TEXT[], TEXT[], TEXT[]), poll_conflict(JSONB),
    poll_document(BIGINT, TEXT, INT, JSONB), declare_poll(TEXT, TEXT, BIGINT, BIGINT)
    TO voting_recorder;
  FOREACH function_name IN ARRAY ARRAY[
    'record_votes(TEXT[], TEXT[], BIGINT[], TEXT[], TEXT[], TEXT[])',
    'record_votes(TEXT[], TEXT[], BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[])',
    'record_votes(TEXT[], TEXT[], BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[], BIGINT[], BIGINT[], TEXT[])',
    'forget_requests(TIMESTAMPTZ, TEXT)',
    'declare_poll(TEXT, TEXT, BIGINT, BIGINT)',
    'restore_poll(TEXT, BIGINT)',
    'poll_duties()',
    'finish_round(TEXT, BIGINT)']::REGPROCEDURE[]
  LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO voting_recorder', function_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO voting_consumer, voting_consumer_b',
                   function_name);
  END LOOP;
END $$;
