-- The functions that the API and the consumer call. May be run any number of times.

BEGIN;

DO $$ BEGIN PERFORM pg_advisory_xact_lock(7234817001); END $$;

-- A function's result type cannot be replaced, so one from an older schema goes first.
DO $$
DECLARE
  old REGPROCEDURE;
BEGIN
  FOR old IN
    SELECT p.oid::regprocedure
      FROM pg_proc p
     WHERE p.pronamespace = current_schema()::regnamespace
       AND p.proname IN ('increment_vote', 'get_vote_results', 'record_votes')
       AND (p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid)) NOT IN (
         ('increment_vote', 'vote_option text', 'TABLE(option text, new_count bigint)'),
         ('get_vote_results', '',
          'TABLE(option text, count bigint, percentage numeric, updated_at timestamp with time zone)'),
         ('record_votes',
          'stream_ids text[], options text[], timestamps bigint[], source_ips text[], user_agents text[], request_ids text[]',
          'TABLE(recorded bigint, repeated_requests bigint, reused_ids text[])'))
  LOOP
    EXECUTE format('DROP FUNCTION %s', old);
  END LOOP;
END $$;

-- Milliseconds since 1970 as a point in time.
CREATE OR REPLACE FUNCTION unix_ms_time(ms BIGINT)
RETURNS TIMESTAMPTZ
LANGUAGE sql IMMUTABLE AS $$
  SELECT to_timestamp(ms::DOUBLE PRECISION / 1000)
$$;

-- When Redis took an entry: the first half of its id, "<unix ms>-<n>".
CREATE OR REPLACE FUNCTION stream_time(stream_id TEXT)
RETURNS TIMESTAMPTZ
LANGUAGE sql IMMUTABLE AS $$
  SELECT to_timestamp(split_part(stream_id, '-', 1)::DOUBLE PRECISION / 1000)
$$;

-- Tells everyone who does LISTEN votes what the totals are now. The payload is a JSON object:
-- {"cats": 12, "dogs": 5, "last_updated": "2026-01-31T12:00:00.123456+00:00"}. Delivered on commit.
-- Callers hold the locks on all rows of votes, so notifications arrive in the order of the totals.
CREATE OR REPLACE FUNCTION notify_vote_totals()
RETURNS VOID
LANGUAGE sql AS $$
  SELECT pg_notify('votes', json_build_object(
           'cats', coalesce(max(count) FILTER (WHERE option = 'cats'), 0),
           'dogs', coalesce(max(count) FILTER (WHERE option = 'dogs'), 0),
           'last_updated', max(updated_at))::TEXT)
    FROM votes
$$;

-- Adds one to an option's counter. Writes no audit row: record_votes is the way to record a vote.
CREATE OR REPLACE FUNCTION increment_vote(vote_option TEXT)
RETURNS TABLE (option TEXT, new_count BIGINT)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM votes ORDER BY option FOR UPDATE;
  RETURN QUERY
    UPDATE votes
       SET count = votes.count + 1, updated_at = now()
     WHERE votes.option = vote_option
    RETURNING votes.option::TEXT, votes.count;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unknown option "%": vote for cats or dogs', vote_option
      USING ERRCODE = 'check_violation';
  END IF;
  PERFORM notify_vote_totals();
END $$;

-- The totals, the leader first. Without any vote every percentage is 0. Percentages have two decimals
-- and add up to 100: what rounding down leaves goes to the largest remainders, in a tie to the one with
-- more votes. Who has a vote has 0.01 at least, which the leader lacks, so nobody is at 100 or 0 who is
-- not. Reads with its owner's rights, so that its caller needs none to the table; the path is pinned,
-- so that no caller can put a table of its own in the table's place.
CREATE OR REPLACE FUNCTION get_vote_results()
RETURNS TABLE (option TEXT, count BIGINT, percentage NUMERIC, updated_at TIMESTAMPTZ)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH total AS (
    SELECT nullif(sum(v.count), 0) AS votes FROM votes v
  ), shares AS (
    SELECT v.option, v.count, v.updated_at,
           div(10000 * v.count::NUMERIC, t.votes) AS hundredths,
           mod(10000 * v.count::NUMERIC, t.votes) AS remainder
      FROM votes v CROSS JOIN total t
  ), rounded AS (
    SELECT s.*,
           greatest(
             s.hundredths + (row_number() OVER (ORDER BY s.remainder DESC, s.count DESC, s.option)
                             <= 10000 - sum(s.hundredths) OVER ())::INT,
             least(s.count, 1)) AS share
      FROM shares s
  ), fitted AS (
    SELECT r.*,
           r.share - CASE WHEN row_number() OVER (ORDER BY r.count DESC, r.option) = 1
                          THEN sum(r.share) OVER () - 10000 ELSE 0 END AS fit
      FROM rounded r
  )
  SELECT f.option::TEXT, f.count, CASE WHEN f.hundredths IS NULL THEN 0 ELSE round(f.fit / 100, 2) END, f.updated_at
    FROM fitted f
   ORDER BY f.count DESC, f.option
$$;

COMMIT;
