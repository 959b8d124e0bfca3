-- Records a batch of votes in one transaction. A batch may be repeated, in whole or in part: what is
-- already recorded changes nothing. May be run any number of times.
--
-- Takes one array per column, all of one length, best in the order of the stream:
--   stream_ids  the vote's id in the stream, "<unix ms>-<n>"; a vote whose id is recorded is skipped
--   options     cats or dogs
--   timestamps  when the vote was cast, in ms since 1970
--   source_ips, user_agents, request_ids  each NULL where unknown
-- A vote is skipped too when another vote of the last 24 hours had the same request_id.
--
-- Returns one row: how many votes were new; how many repeated an earlier request; and the ids that
-- vote_events holds for a different vote (another option or time). The last happens only when Redis
-- lost its newest entries and its clock then ran backwards. All others were recorded before.
--
-- Writes with its owner's rights, so that its caller needs none to the tables; the path is pinned, so
-- that no caller can put a table of its own in a table's place.

BEGIN;

DO $$ BEGIN PERFORM pg_advisory_xact_lock(7234817001); END $$;

CREATE OR REPLACE FUNCTION record_votes(
  stream_ids TEXT[], options TEXT[], timestamps BIGINT[],
  source_ips TEXT[], user_agents TEXT[], request_ids TEXT[])
RETURNS TABLE (recorded BIGINT, repeated_requests BIGINT, reused_ids TEXT[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  request_window CONSTANT INTERVAL := '24 hours';
  oldest_vote TIMESTAMPTZ;
  new_cats BIGINT;
  new_dogs BIGINT;
BEGIN
  repeated_requests := 0;
  reused_ids := '{}';

  IF array_remove(request_ids, NULL) <> '{}' THEN
    -- Keys whose window is over are free again. Those of slower consumers' votes are left an hour more.
    SELECT min(stream_time(id)) INTO oldest_vote FROM unnest(stream_ids) AS id;
    DELETE FROM vote_requests r
     WHERE r.request_id IN (
       SELECT old.request_id FROM vote_requests old
        WHERE old.voted_at < oldest_vote - request_window - INTERVAL '1 hour'
        ORDER BY old.voted_at LIMIT 5000 FOR UPDATE SKIP LOCKED);
    DELETE FROM vote_requests r
     USING unnest(stream_ids, request_ids) AS b (stream_id, request_id)
     WHERE r.request_id = b.request_id
       AND r.voted_at < stream_time(b.stream_id) - request_window;

    -- Ordered, so that consumers with the same keys wait for one another, and never in a circle.
    INSERT INTO vote_requests (request_id, stream_id, voted_at)
    SELECT b.request_id, b.stream_id, stream_time(b.stream_id)
      FROM unnest(stream_ids, request_ids) WITH ORDINALITY AS b (stream_id, request_id, n)
     WHERE b.request_id IS NOT NULL
     ORDER BY b.request_id, b.n
    ON CONFLICT (request_id) DO NOTHING;

    -- A vote that did not get its key repeats another vote: leave it out.
    SELECT array_agg(b.stream_id ORDER BY b.n), array_agg(b.option ORDER BY b.n),
           array_agg(b.cast_at ORDER BY b.n), array_agg(b.source_ip ORDER BY b.n),
           array_agg(b.user_agent ORDER BY b.n),
           cardinality(record_votes.stream_ids) - count(*)
      INTO record_votes.stream_ids, record_votes.options, record_votes.timestamps,
           record_votes.source_ips, record_votes.user_agents, record_votes.repeated_requests
      FROM unnest(stream_ids, options, timestamps, source_ips, user_agents, request_ids)
           WITH ORDINALITY
           AS b (stream_id, option, cast_at, source_ip, user_agent, request_id, n)
      LEFT JOIN vote_requests r ON r.request_id = b.request_id
     WHERE b.request_id IS NULL OR r.stream_id = b.stream_id;
  END IF;

  WITH added AS (
    INSERT INTO vote_events (option, timestamp, source_ip, user_agent, stream_id)
    SELECT b.option, unix_ms_time(b.cast_at), b.source_ip::INET, b.user_agent, b.stream_id
      FROM unnest(stream_ids, options, timestamps, source_ips, user_agents)
           AS b (stream_id, option, cast_at, source_ip, user_agent)
    ON CONFLICT (stream_id) DO NOTHING
    RETURNING option)
  SELECT count(*) FILTER (WHERE option = 'cats'), count(*) FILTER (WHERE option = 'dogs')
    INTO new_cats, new_dogs
    FROM added;
  recorded := new_cats + new_dogs;

  IF recorded < cardinality(stream_ids) THEN
    SELECT coalesce(array_agg(b.stream_id), '{}')
      INTO reused_ids
      FROM unnest(stream_ids, options, timestamps) AS b (stream_id, option, cast_at)
      JOIN vote_events e ON e.stream_id = b.stream_id
     WHERE e.option <> b.option OR e.timestamp <> unix_ms_time(b.cast_at);
  END IF;

  IF recorded > 0 THEN
    -- Both rows, always in the same order, and as late as can be: consumers wait here for one
    -- another only as long as a commit takes.
    PERFORM 1 FROM votes ORDER BY option FOR UPDATE;
    INSERT INTO votes (option, count)
    SELECT b.option, b.added
      FROM (VALUES ('cats', new_cats), ('dogs', new_dogs)) AS b (option, added)
     WHERE b.added > 0
    ON CONFLICT (option) DO UPDATE
      SET count = votes.count + excluded.count, updated_at = now();
    PERFORM notify_vote_totals();
  END IF;

  RETURN NEXT;
END $$;

COMMIT;
