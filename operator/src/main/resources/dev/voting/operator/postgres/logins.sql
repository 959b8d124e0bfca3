-- Lets each of the components' logins in with its password, and shuts out those that have none.
--
-- Takes the passwords from settings of the session, voting.<key of the Secret>, so that none stands
-- in a file or on a command line. May be run any number of times.

BEGIN;

DO $$
DECLARE
  login RECORD;
  owner TEXT := current_setting('voting.postgres_password', true);
BEGIN
  PERFORM pg_advisory_xact_lock(7234817001);
  FOR login IN
    SELECT name, current_setting('voting.' || key, true) AS password
      FROM (VALUES ('voting_api', 'postgres_api_password'),
                   ('voting_api_b', 'postgres_api_b_password'),
                   ('voting_consumer', 'postgres_consumer_password'),
                   ('voting_consumer_b', 'postgres_consumer_b_password')) AS logins (name, key)
  LOOP
    IF coalesce(login.password, '') = '' THEN
      EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', login.name);
    ELSE
      EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', login.name, login.password);
    END IF;
  END LOOP;
  -- The owner, who needs no password within the pod and must not be shut out of anywhere else.
  IF coalesce(owner, '') <> '' THEN
    EXECUTE format('ALTER ROLE %I PASSWORD %L', current_user, owner);
  END IF;
END $$;

COMMIT;

-- Whoever came in with a login that has ended leaves too.
DO $$
BEGIN
  PERFORM pg_terminate_backend(pid)
     FROM pg_stat_activity
     JOIN pg_roles ON rolname = usename
    WHERE usename IN ('voting_api', 'voting_api_b', 'voting_consumer', 'voting_consumer_b')
      AND NOT rolcanlogin;
END $$;
