-- Records a batch of votes in one transaction. A batch may be repeated, in whole or in part: recorded
-- votes change nothing. May be run any number of times.
--
-- Takes one array per column, all of one length, best in the order of the stream:
--   stream_ids  the vote's id in the stream, "<unix ms>-<n>"; a vote whose id is recorded is skipped
--   options     cats or dogs; the key of an option in a round of a poll
--   timestamps  when the vote was cast, in ms since 1970
--   source_ips, user_agents, request_ids, nonces  each NULL where unknown
-- and these, which are empty if no vote of the batch is of a poll:
--   rounds      the round of the poll, '' without one
--   opens, closes  the vote counts if opens <= ms < closes, ms being that of its id; NULL for no limit
--   voters      the pseudonym of the voter, of whose ballots one counts; NULL where each vote does
-- A vote is skipped too when another vote of the last 24 hours had the same request_id, in the same round.
-- What is skipped is recorded in vote_repeats, so that it is skipped again after its window too.
--
-- Returns one row: how many votes were new; how many repeated an earlier request; the ids that are known for
-- a different vote: one with another nonce or, where either has none, another option or time; and how many
-- were outside the times that they name, of which nothing is recorded. The ids are those of a Redis that
-- lost its newest entries and whose clock then ran backwards. All others were recorded before.
--
-- A session plans once, at the size that the tables have then, and uses the plans at any other size. So
-- each statement reads a table by a subquery for one key, which the planner cannot reorder, and without
-- sequential scans only the key's index remains.
--
-- Writes with its owner's rights, so that its caller needs none to the tables; the path is pinned, so
-- that no caller can substitute its own table.

BEGIN;

DO $$ BEGIN PERFORM pg_advisory_xact_lock(7234817001); END $$;

CREATE OR REPLACE FUNCTION record_votes(
  stream_ids TEXT[], options TEXT[], timestamps BIGINT[],
  source_ips TEXT[], user_agents TEXT[], request_ids TEXT[], nonces TEXT[],
  rounds TEXT[], opens BIGINT[], closes BIGINT[], voters TEXT[])
RETURNS TABLE (recorded BIGINT, repeated_requests BIGINT, reused_ids TEXT[], late BIGINT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
  request_window CONSTANT INTERVAL := '24 hours';
  -- Of each vote: 'new', 'late' (not open any more, or not yet), 'recorded', 'repeated' (its request) or
  -- 'reused' (its id).
  fates TEXT[] := array_fill('new'::TEXT, ARRAY[cardinality(stream_ids)]);
  with_key BIGINT;
  keys_taken BIGINT;
  expired RECORD;
  new_votes BIGINT;
  new_cats BIGINT;
  new_dogs BIGINT;
  -- Each round has keys of its own.
  keys TEXT[] := request_ids;
  -- The votes of polls that this transaction recorded.
  poll_ids TEXT[];
BEGIN
  IF array_remove(opens, NULL) <> '{}' OR array_remove(closes, NULL) <> '{}' THEN
    -- By the id and by what the vote itself says, as the API decided; never by what a poll says now.
    SELECT array_agg(CASE WHEN b.ms < b.opens OR b.ms >= b.closes THEN 'late' ELSE 'new' END ORDER BY b.n)
      INTO fates
      FROM (SELECT split_part(u.id, '-', 1)::NUMERIC AS ms, u.opens, u.closes, u.n
              FROM unnest(stream_ids, opens, closes) WITH ORDINALITY AS u (id, opens, closes, n)) AS b;
  END IF;
  IF array_remove(rounds, '') <> '{}' AND array_remove(request_ids, NULL) <> '{}' THEN
    SELECT array_agg(CASE WHEN b.round = '' THEN b.request_id ELSE b.round || E'\n' || b.request_id END
                     ORDER BY b.n)
      INTO keys
      FROM unnest(rounds, request_ids) WITH ORDINALITY AS b (round, request_id, n);
  END IF;
  IF array_remove(keys, NULL) <> '{}' THEN
    -- Before any key is taken: what is not new must not take one.
    SELECT array_agg(
             CASE WHEN b.fate = 'late' THEN 'late' ELSE coalesce(
               (SELECT CASE
                         WHEN is_same_vote(e.nonce, b.nonce, e.option, b.option,
                                           e.timestamp, unix_ms_time(b.cast_at)) THEN 'recorded'
                         -- The client repeated its request, with the id of its first try.
                         WHEN b.stream_id = (SELECT r.stream_id FROM vote_requests r
                                              WHERE r.request_id = b.request_id) THEN 'repeated'
                         ELSE 'reused'
                       END
                  FROM vote_events e WHERE e.stream_id = b.stream_id),
               (SELECT CASE
                         WHEN p.request_id = b.request_id AND coalesce(p.nonce = b.nonce, true)
                           THEN 'repeated'
                         ELSE 'reused'
                       END
                  FROM vote_repeats p WHERE p.stream_id = b.stream_id),
               'new') END
             ORDER BY b.n)
      INTO fates
      FROM unnest(stream_ids, options, timestamps, keys, nonces, fates) WITH ORDINALITY
           AS b (stream_id, option, cast_at, request_id, nonce, fate, n);

    -- Ordered, so that consumers with the same keys never deadlock.
    WITH taken AS (
      INSERT INTO vote_requests (request_id, stream_id, voted_at)
      SELECT b.request_id, b.stream_id, stream_time(b.stream_id)
        FROM unnest(stream_ids, keys, fates) WITH ORDINALITY
             AS b (stream_id, request_id, fate, n)
       WHERE b.request_id IS NOT NULL AND b.fate = 'new'
       ORDER BY b.request_id, b.n
      ON CONFLICT (request_id) DO NOTHING
      RETURNING 1)
    SELECT count(*) INTO keys_taken FROM taken;
    SELECT count(*) INTO with_key
      FROM unnest(keys, fates) AS b (request_id, fate)
     WHERE b.request_id IS NOT NULL AND b.fate = 'new';

    IF keys_taken < with_key THEN
      -- Keys can be used again after their window.
      FOR expired IN
        SELECT b.stream_id, b.request_id
          FROM unnest(stream_ids, keys, fates) WITH ORDINALITY
               AS b (stream_id, request_id, fate, n)
         WHERE b.fate = 'new'
           AND (SELECT r.voted_at FROM vote_requests r WHERE r.request_id = b.request_id)
               < stream_time(b.stream_id) - request_window
         ORDER BY b.request_id, b.n
      LOOP
        DELETE FROM vote_requests r
         WHERE r.request_id = expired.request_id
           AND r.voted_at < stream_time(expired.stream_id) - request_window;
        INSERT INTO vote_requests (request_id, stream_id, voted_at)
        VALUES (expired.request_id, expired.stream_id, stream_time(expired.stream_id))
        ON CONFLICT (request_id) DO NOTHING;
      END LOOP;

      -- A vote that did not get its key repeats another vote: leave it out.
      SELECT array_agg(
               CASE
                 WHEN b.fate = 'new'
                      AND b.stream_id <> (SELECT r.stream_id FROM vote_requests r
                                           WHERE r.request_id = b.request_id) THEN 'repeated'
                 ELSE b.fate
               END
               ORDER BY b.n)
        INTO fates
        FROM unnest(stream_ids, keys, fates) WITH ORDINALITY
             AS b (stream_id, request_id, fate, n);
      INSERT INTO vote_repeats (stream_id, request_id, nonce)
      SELECT b.stream_id, b.request_id, b.nonce
        FROM unnest(stream_ids, keys, nonces, fates)
             AS b (stream_id, request_id, nonce, fate)
       WHERE b.fate = 'repeated'
      ON CONFLICT (stream_id) DO NOTHING;
    END IF;
  END IF;

  WITH added AS (
    INSERT INTO vote_events (option, timestamp, source_ip, user_agent, stream_id, nonce, round)
    SELECT b.option, unix_ms_time(b.cast_at), b.source_ip::INET, b.user_agent, b.stream_id, b.nonce,
           coalesce(b.round, '')
      FROM unnest(stream_ids, options, timestamps, source_ips, user_agents, nonces, rounds, fates)
           AS b (stream_id, option, cast_at, source_ip, user_agent, nonce, round, fate)
     WHERE b.fate = 'new'
    ON CONFLICT (stream_id) DO NOTHING
    RETURNING option, round, stream_id)
  SELECT count(*),
         count(*) FILTER (WHERE round = '' AND option = 'cats'),
         count(*) FILTER (WHERE round = '' AND option = 'dogs'),
         array_agg(stream_id) FILTER (WHERE round <> '')
    INTO recorded, new_cats, new_dogs, poll_ids
    FROM added;

  SELECT count(*) INTO new_votes FROM unnest(fates) AS fate WHERE fate = 'new';
  IF recorded < new_votes THEN
    SELECT array_agg(
             CASE
               WHEN b.fate = 'new'
                    AND NOT (SELECT is_same_vote(e.nonce, b.nonce, e.option, b.option,
                                                 e.timestamp, unix_ms_time(b.cast_at))
                               FROM vote_events e WHERE e.stream_id = b.stream_id) THEN 'reused'
               ELSE b.fate
             END
             ORDER BY b.n)
      INTO fates
      FROM unnest(stream_ids, options, timestamps, nonces, fates) WITH ORDINALITY
           AS b (stream_id, option, cast_at, nonce, fate, n);
    -- Another session recorded that id meanwhile: the key is free for the client's next try.
    FOR expired IN
      SELECT b.stream_id, b.request_id
        FROM unnest(stream_ids, keys, fates) AS b (stream_id, request_id, fate)
       WHERE b.request_id IS NOT NULL AND b.fate = 'reused'
       ORDER BY b.request_id
    LOOP
      DELETE FROM vote_requests r
       WHERE r.request_id = expired.request_id AND r.stream_id = expired.stream_id;
    END LOOP;
  END IF;
  SELECT count(*) FILTER (WHERE b.fate = 'repeated'),
         coalesce(array_agg(b.stream_id) FILTER (WHERE b.fate = 'reused'), '{}'),
         count(*) FILTER (WHERE b.fate = 'late')
    INTO repeated_requests, reused_ids, late
    FROM unnest(stream_ids, fates) AS b (stream_id, fate);

  -- As late as possible: consumers wait here for each other only during a commit.
  IF poll_ids IS NOT NULL THEN
    IF recorded = cardinality(stream_ids) THEN
      PERFORM count_poll_votes(stream_ids, rounds, options, voters);
    ELSE
      PERFORM count_poll_votes(array_agg(b.id), array_agg(b.round), array_agg(b.option), array_agg(b.voter))
         FROM only_these(poll_ids, stream_ids, rounds, options, voters) AS b;
    END IF;
  END IF;
  IF new_cats + new_dogs > 0 THEN
    PERFORM raise_totals(new_cats, new_dogs);
  END IF;

  RETURN NEXT;
END $$;

-- Without a poll, and for consumers of an older version. In plpgsql, which keeps the plan.
CREATE OR REPLACE FUNCTION record_votes(
  stream_ids TEXT[], options TEXT[], timestamps BIGINT[],
  source_ips TEXT[], user_agents TEXT[], request_ids TEXT[], nonces TEXT[])
RETURNS TABLE (recorded BIGINT, repeated_requests BIGINT, reused_ids TEXT[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  SELECT r.recorded, r.repeated_requests, r.reused_ids INTO recorded, repeated_requests, reused_ids
    FROM record_votes(stream_ids, options, timestamps, source_ips, user_agents, request_ids, nonces,
                      '{}', '{}', '{}', '{}') AS r;
  RETURN NEXT;
END $$;

-- For consumers of an older version, which send no nonce.
CREATE OR REPLACE FUNCTION record_votes(
  stream_ids TEXT[], options TEXT[], timestamps BIGINT[],
  source_ips TEXT[], user_agents TEXT[], request_ids TEXT[])
RETURNS TABLE (recorded BIGINT, repeated_requests BIGINT, reused_ids TEXT[])
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM record_votes(stream_ids, options, timestamps, source_ips, user_agents, request_ids,
                             array_fill(NULL::TEXT, ARRAY[cardinality(stream_ids)]))
$$;

-- Deletes requests whose window is over, the oldest first, at most 5000 at a time.
--   done      where the last call ended; NULL at first. Earlier rows are not read: while a dump keeps
--             the versions of deleted ones, each call would read them again.
--   oldest    id of the oldest vote that was just recorded: keys that slower consumers may still need
--             are kept an hour longer than the window
-- Returns how many it deleted, and where to continue.
CREATE OR REPLACE FUNCTION forget_requests(done TIMESTAMPTZ, oldest TEXT)
RETURNS TABLE (forgotten BIGINT, reached TIMESTAMPTZ)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
  old_ids TEXT[];
BEGIN
  SELECT array_agg(old.request_id), count(*), coalesce(max(old.voted_at), done)
    INTO old_ids, forgotten, reached
    FROM (SELECT r.request_id, r.voted_at FROM vote_requests r
           WHERE r.voted_at >= coalesce(done, '-infinity')
             AND r.voted_at < stream_time(oldest) - INTERVAL '25 hours'
           ORDER BY r.voted_at LIMIT 5000 FOR UPDATE SKIP LOCKED) AS old;
  DELETE FROM vote_requests r WHERE r.request_id = ANY (old_ids);
  RETURN NEXT;
END $$;

COMMIT;
