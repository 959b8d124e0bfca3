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
          'TABLE(recorded bigint, repeated_requests bigint, reused_ids text[])'),
         ('record_votes',
          'stream_ids text[], options text[], timestamps bigint[], source_ips text[], user_agents text[], request_ids text[], nonces text[]',
          'TABLE(recorded bigint, repeated_requests bigint, reused_ids text[])'))
  LOOP
    EXECUTE format('DROP FUNCTION %s', old);
  END LOOP;
END $$;

-- Of an older version.
DROP FUNCTION IF EXISTS notify_vote_totals();

-- Milliseconds since 1970 as a point in time.
CREATE OR REPLACE FUNCTION unix_ms_time(ms BIGINT)
RETURNS TIMESTAMPTZ
LANGUAGE sql IMMUTABLE AS $$
  SELECT to_timestamp(ms::DOUBLE PRECISION / 1000)
$$;

-- When Redis accepted an entry: the first half of its id, "<unix ms>-<n>". A client that may add entries
-- may choose their ids, and Redis continues from there: a time of the future counts as now.
CREATE OR REPLACE FUNCTION stream_time(stream_id TEXT)
RETURNS TIMESTAMPTZ
LANGUAGE sql STABLE AS $$
  SELECT least(to_timestamp(least(split_part(stream_id, '-', 1)::DOUBLE PRECISION, 253402300799999)
                            / 1000),
               now())
$$;

-- Whether a recorded vote is the same vote again, or another one with the same id. If either has no
-- nonce, option and time decide.
CREATE OR REPLACE FUNCTION is_same_vote(
  known_nonce TEXT, nonce TEXT, known_option TEXT, option TEXT,
  known_time TIMESTAMPTZ, vote_time TIMESTAMPTZ)
RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(known_nonce = nonce, known_option = option AND known_time = vote_time)
$$;

-- Locks a total, wherever its row is, and returns its location and count. A sequential scan of all row
-- versions is cheapest if there are many.
CREATE OR REPLACE FUNCTION find_total(which TEXT)
RETURNS TABLE (place TID, total BIGINT)
LANGUAGE plpgsql SET enable_indexscan = off SET enable_indexonlyscan = off
SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
BEGIN
  RETURN QUERY SELECT v.ctid, v.count FROM votes v WHERE v.option = which FOR UPDATE;
END $$;

-- Adds to the totals, and sends the new ones to everyone who does LISTEN votes. The payload is a JSON
-- object: {"cats": 12, "dogs": 5, "last_updated": "2026-01-31T12:00:00.123456+00:00"}. Delivered on
-- commit, and in the order of the totals, as the locks on both rows are held until then.
--
-- While a dump holds a snapshot, every version of the two rows stays, some hundreds more each second. So
-- the session remembers the location of its last versions, and searches only if they are not the latest.
CREATE OR REPLACE FUNCTION raise_totals(new_cats BIGINT, new_dogs BIGINT)
RETURNS VOID
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
  which TEXT;
  added BIGINT;
  place TID;
  total BIGINT;
  totals JSONB := '{}';
BEGIN
  -- Both rows, always in the same order, to prevent deadlocks.
  FOREACH which IN ARRAY ARRAY['cats', 'dogs'] LOOP
    added := CASE which WHEN 'cats' THEN new_cats ELSE new_dogs END;
    place := nullif(current_setting('voting.' || which, true), '')::TID;
    SELECT v.ctid, v.count INTO place, total
      FROM votes v WHERE v.ctid = place AND v.option = which FOR UPDATE;
    IF NOT FOUND THEN
      SELECT f.place, f.total INTO place, total FROM find_total(which) AS f;
    END IF;
    IF place IS NULL THEN
      -- Somebody deleted the row.
      INSERT INTO votes AS v (option, count) VALUES (which, added)
      ON CONFLICT (option) DO UPDATE SET count = v.count + excluded.count, updated_at = now()
      RETURNING v.ctid, v.count INTO place, total;
    ELSIF added > 0 THEN
      UPDATE votes v SET count = v.count + added, updated_at = now() WHERE v.ctid = place
      RETURNING v.ctid, v.count INTO place, total;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'the total of % is no longer where it was locked', which
          USING ERRCODE = 'serialization_failure';
      END IF;
    END IF;
    PERFORM set_config('voting.' || which, place::TEXT, false);
    totals := totals || jsonb_build_object(which, total);
  END LOOP;
  PERFORM pg_notify('votes', json_build_object(
            'cats', totals -> 'cats', 'dogs', totals -> 'dogs', 'last_updated', now())::TEXT);
END $$;

-- Adds one to an option's counter. Writes no audit row: use record_votes to record a vote.
CREATE OR REPLACE FUNCTION increment_vote(vote_option TEXT)
RETURNS TABLE (option TEXT, new_count BIGINT)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  IF vote_option IS NULL OR vote_option NOT IN ('cats', 'dogs') THEN
    RAISE EXCEPTION 'unknown option "%": vote for cats or dogs', vote_option
      USING ERRCODE = 'check_violation';
  END IF;
  PERFORM raise_totals((vote_option = 'cats')::INT, (vote_option = 'dogs')::INT);
  RETURN QUERY SELECT v.option::TEXT, v.count FROM votes v WHERE v.option = vote_option;
END $$;

-- The totals, the leader first. Without any vote every percentage is 0. Percentages have two decimals
-- and add up to 100: the rest of rounding down goes to the largest remainders, in a tie to the option with
-- more votes. An option with a vote has at least 0.01, at the leader's expense, so only exact shares are
-- 100 or 0. Reads with its owner's rights, so that its caller needs none to the table; the path is pinned,
-- so that no caller can substitute its own table.
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
