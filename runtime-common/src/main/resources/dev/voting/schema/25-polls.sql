-- Polls: putting one in force, counting its votes and ballots, finishing its rounds, and its results. May be
-- run any number of times.

BEGIN;

DO $$ BEGIN PERFORM pg_advisory_xact_lock(7234817001); END $$;

-- Adds to the totals of a round, and notifies of a new version of it. No count is in the notification: the
-- results may be hidden from its readers. The lock makes versions grow in the order of commits. The session
-- remembers the locations of the rows of one round, as in raise_totals.
CREATE OR REPLACE FUNCTION raise_poll_totals(which TEXT, names TEXT[], changes BIGINT[])
RETURNS VOID
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
  places JSONB := coalesce(nullif(current_setting('voting.places', true), '')::JSONB, '{}');
  newest BIGINT;
  place TID;
BEGIN
  IF places ->> '' IS DISTINCT FROM which THEN
    places := jsonb_build_object('', which);
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(which, 7234817002));
  newest := nextval('poll_versions');
  FOR i IN 1 .. cardinality(names) LOOP
    place := (places ->> names[i])::TID;
    UPDATE round_votes v SET count = v.count + changes[i], updated_at = now(), version = newest
     WHERE v.ctid = place AND v.round = which AND v.option = names[i]
    RETURNING v.ctid INTO place;
    IF NOT FOUND THEN
      INSERT INTO round_votes AS v (round, option, count, version)
      VALUES (which, names[i], greatest(changes[i], 0), newest)
      ON CONFLICT (round, option) DO UPDATE
        SET count = v.count + changes[i], updated_at = now(), version = newest
      RETURNING v.ctid INTO place;
    END IF;
    places := places || jsonb_build_object(names[i], place::TEXT);
  END LOOP;
  PERFORM set_config('voting.places', places::TEXT, false);
  PERFORM pg_notify('polls', json_build_object('round', which, 'version', newest)::TEXT);
END $$;

-- 1 where a voter's last ballot counts, -1 where the first does.
CREATE OR REPLACE FUNCTION ballot_order(which TEXT)
RETURNS INT
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN (SELECT p.definition -> 'ballots' ->> 'changeable' FROM polls p
                     WHERE p.round = which ORDER BY p.revision DESC LIMIT 1) = 'false' THEN -1 ELSE 1 END
$$;

-- Of a batch the votes with these ids, each once.
CREATE OR REPLACE FUNCTION only_these(
  wanted TEXT[], ids TEXT[], rounds TEXT[], options TEXT[], voters TEXT[])
RETURNS TABLE (id TEXT, round TEXT, option TEXT, voter TEXT)
LANGUAGE sql STABLE SET enable_nestloop = off SET jit = off AS $$
  SELECT DISTINCT ON (b.id COLLATE "C") b.id, b.round, b.option, b.voter
    FROM unnest(ids, rounds, options, voters) WITH ORDINALITY AS b (id, round, option, voter, n)
    JOIN unnest(wanted) AS w (id) ON w.id = b.id
   ORDER BY b.id COLLATE "C", b.n
$$;

-- Counts votes that this transaction recorded; those of no round are not its concern. Of a voter only the
-- ballot with the highest (lowest) id counts, whichever comes first, so consumers may work in any order; the
-- vote that it replaces is taken off in the same transaction. A vote without a voter counts.
--
-- Ballots are locked in order, so that two consumers never deadlock: first those of new voters, for which
-- they wait for each other too, then the others. Nested loops are off, as two of these arrays make a million.
CREATE OR REPLACE FUNCTION count_poll_votes(ids TEXT[], rounds TEXT[], options TEXT[], voters TEXT[])
RETURNS VOID
LANGUAGE plpgsql SET enable_seqscan = off SET enable_nestloop = off
SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
  made_ms NUMERIC[];
  made_seqs NUMERIC[];
  -- What does not count: ballots older than another one of their voter, and those that are replaced.
  void_rounds TEXT[] := '{}';
  void_options TEXT[] := '{}';
  given RECORD;
  was RECORD;
  total RECORD;
BEGIN
  IF array_remove(voters, NULL) <> '{}' THEN
    WITH made AS (
      INSERT INTO ballots (round, voter, option, ms, seq)
      SELECT u.round, u.voter, u.option, split_part(u.id, '-', 1)::NUMERIC, split_part(u.id, '-', 2)::NUMERIC
        FROM unnest(ids, rounds, options, voters) AS u (id, round, option, voter)
       WHERE u.voter IS NOT NULL AND u.round <> ''
       ORDER BY u.voter COLLATE "C", u.round COLLATE "C"
      ON CONFLICT (voter, round) DO NOTHING
      RETURNING ms, seq)
    SELECT coalesce(array_agg(m.ms), '{}'), coalesce(array_agg(m.seq), '{}') INTO made_ms, made_seqs FROM made m;

    IF cardinality(made_ms) < cardinality(ids) THEN
      FOR given IN
        WITH ways AS MATERIALIZED (
          SELECT r.round, ballot_order(r.round) AS way
            FROM (SELECT DISTINCT u.round FROM unnest(rounds) AS u (round)) AS r
        ), votes AS MATERIALIZED (
          SELECT u.round, u.voter, u.option, w.way,
                 split_part(u.id, '-', 1)::NUMERIC AS ms, split_part(u.id, '-', 2)::NUMERIC AS seq
            FROM unnest(ids, rounds, options, voters) AS u (id, round, option, voter)
            JOIN ways w ON w.round = u.round
           WHERE u.voter IS NOT NULL AND u.round <> ''
        )
        SELECT v.*
          FROM votes v LEFT JOIN unnest(made_ms, made_seqs) AS m (ms, seq) ON m.ms = v.ms AND m.seq = v.seq
         WHERE m.ms IS NULL
         ORDER BY v.voter COLLATE "C", v.round COLLATE "C"
      LOOP
        SELECT b.option, b.ms, b.seq INTO was
          FROM ballots b WHERE b.voter = given.voter AND b.round = given.round FOR UPDATE;
        void_rounds := void_rounds || given.round;
        IF (given.way * given.ms, given.way * given.seq) <= (given.way * was.ms, given.way * was.seq) THEN
          void_options := void_options || given.option;
        ELSE
          UPDATE ballots b SET option = given.option, ms = given.ms, seq = given.seq
           WHERE b.voter = given.voter AND b.round = given.round;
          void_options := void_options || was.option;
        END IF;
      END LOOP;
    END IF;
  END IF;
  FOR total IN
    SELECT s.round, array_agg(s.option ORDER BY s.option) AS names,
           array_agg(s.change ORDER BY s.option) AS changes
      FROM (SELECT d.round, d.option, sum(d.change)::BIGINT AS change
              FROM (SELECT u.round, u.option, 1 AS change
                      FROM unnest(rounds, options) AS u (round, option)
                     WHERE u.round <> ''
                    UNION ALL
                    SELECT v.round, v.option, -1 FROM unnest(void_rounds, void_options) AS v (round, option)) AS d
             GROUP BY d.round, d.option) AS s
     WHERE s.change <> 0
     GROUP BY s.round ORDER BY s.round COLLATE "C"
  LOOP
    PERFORM raise_poll_totals(total.round, total.names, total.changes);
  END LOOP;
END $$;

-- What of a definition breaks a promise of its round; NULL if nothing does.
CREATE OR REPLACE FUNCTION poll_conflict(wanted JSONB)
RETURNS TEXT
LANGUAGE sql STABLE AS $$
  WITH earlier AS (
    SELECT * FROM polls p WHERE p.round = wanted ->> 'round'
  ), latest AS (
    SELECT * FROM earlier e ORDER BY e.revision DESC LIMIT 1
  ), new_options AS (
    SELECT o ->> 'key' AS key, lower(btrim(o ->> 'label')) AS label
      FROM jsonb_array_elements(wanted -> 'options') AS o
  ), old_options AS (
    SELECT DISTINCT o ->> 'key' AS key, lower(btrim(o ->> 'label')) AS label
      FROM earlier e, jsonb_array_elements(e.definition -> 'options') AS o
  ), problems AS (
    SELECT 1 AS n, format('options: the key "%s" is missing, and keys stay within a round: set retired: true '
                          'instead, or choose another round', o.key) AS problem
      FROM old_options o WHERE o.key NOT IN (SELECT key FROM new_options)
    UNION ALL
    SELECT 2, format('options: the label of "%s" was that of "%s" in this round, which would turn votes '
                     'around: choose another label, or another round', n.key, o.key)
      FROM new_options n JOIN old_options o ON o.label = n.label AND o.key <> n.key
    UNION ALL
    SELECT 3, format('results: is %s in this round, and stays: choose another round',
                     l.definition ->> 'results')
      FROM latest l WHERE l.definition ->> 'results' IS DISTINCT FROM wanted ->> 'results'
    UNION ALL
    SELECT 4, 'ballots: per and changeable stay within a round: choose another round'
      FROM latest l
     WHERE l.definition -> 'ballots' -> 'per' IS DISTINCT FROM wanted -> 'ballots' -> 'per'
        OR l.definition -> 'ballots' -> 'changeable' IS DISTINCT FROM wanted -> 'ballots' -> 'changeable'
    UNION ALL
    SELECT 5, format('ballots.tokens: were %s in this round, and may only grow within it',
                     l.definition -> 'ballots' ->> 'tokens')
      FROM latest l
     WHERE (wanted -> 'ballots' ->> 'tokens')::INT < (l.definition -> 'ballots' ->> 'tokens')::INT
    UNION ALL
    SELECT 6, 'closesAt: this round is final, and never opens again: choose another round'
      FROM latest l
     WHERE l.final_at IS NOT NULL
       AND (wanted ->> 'closesAt' IS NULL
            OR (wanted ->> 'closesAt')::TIMESTAMPTZ > (l.definition ->> 'closesAt')::TIMESTAMPTZ)
  )
  SELECT p.problem FROM problems p ORDER BY p.n, p.problem LIMIT 1
$$;

-- What Redis holds of a definition, after its number.
CREATE OR REPLACE FUNCTION poll_document(seq BIGINT, round TEXT, revision INT, definition JSONB)
RETURNS TEXT
LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('seq', seq, 'round', round, 'revision', revision, 'definition', definition)::TEXT
$$;

-- Puts a definition in force, or says why not; what is in force then is in the answer. Repeating it changes
-- nothing. outcome: declared, unchanged, stale (the same VotingApp declared a newer one) or conflict.
--   source, generation  which VotingApp, and its generation: a pod of before must not bring its poll back
--   known               the number that Redis has, which may be ahead of a restored database
CREATE OR REPLACE FUNCTION declare_poll(document TEXT, source TEXT, generation BIGINT, known BIGINT)
RETURNS TABLE (outcome TEXT, problem TEXT, round TEXT, revision INT, seq BIGINT, opens_at TEXT,
               closes_at TEXT, is_final BOOLEAN, in_force TEXT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  wanted CONSTANT JSONB := document::JSONB;
  newest polls;
  latest polls;
  number BIGINT;
BEGIN
  PERFORM pg_advisory_xact_lock(7234817003);
  SELECT p.* INTO newest FROM polls p ORDER BY p.seq DESC LIMIT 1;
  SELECT p.* INTO latest FROM polls p WHERE p.round = wanted ->> 'round' ORDER BY p.revision DESC LIMIT 1;
  IF newest.source = declare_poll.source AND newest.generation > declare_poll.generation THEN
    outcome := 'stale';
  ELSE
    problem := CASE WHEN coalesce(wanted ->> 'round', '') = ''
                      OR coalesce(jsonb_typeof(wanted -> 'options'), '') <> 'array'
                    THEN 'options: the definition has no round, or no options'
                    ELSE poll_conflict(wanted) END;
    outcome := CASE WHEN problem IS NOT NULL THEN 'conflict'
                    WHEN latest.definition = wanted AND latest.seq = newest.seq AND latest.seq >= known
                    THEN 'unchanged'
                    ELSE 'declared' END;
  END IF;
  IF outcome = 'declared' OR newest.seq < known THEN
    number := greatest(nextval('poll_numbers'), known + 1);
    PERFORM setval('poll_numbers', number);
  END IF;
  IF outcome = 'unchanged' THEN
    UPDATE polls p SET source = declare_poll.source, generation = declare_poll.generation
     WHERE p.seq = newest.seq
       AND (p.source, p.generation) IS DISTINCT FROM (declare_poll.source, declare_poll.generation);
  ELSIF outcome <> 'declared' THEN
    -- Redis must not go on with a poll that this database does not know.
    UPDATE polls p SET seq = number WHERE p.seq = newest.seq AND newest.seq < known;
  ELSE
    IF latest.definition = wanted THEN
      UPDATE polls p SET seq = number, source = declare_poll.source, generation = declare_poll.generation
       WHERE p.round = latest.round AND p.revision = latest.revision;
    ELSE
      INSERT INTO polls (round, revision, definition, final_at, seq, source, generation)
      VALUES (wanted ->> 'round', coalesce(latest.revision, 0) + 1, wanted, latest.final_at, number,
              declare_poll.source, declare_poll.generation);
    END IF;
    INSERT INTO round_votes (round, option)
    SELECT wanted ->> 'round', o ->> 'key' FROM jsonb_array_elements(wanted -> 'options') AS o
    ON CONFLICT (round, option) DO NOTHING;
    PERFORM pg_notify('polls', json_build_object('round', wanted ->> 'round', 'seq', number)::TEXT);
  END IF;
  SELECT p.* INTO newest FROM polls p ORDER BY p.seq DESC LIMIT 1;
  round := newest.round;
  revision := newest.revision;
  seq := newest.seq;
  opens_at := newest.definition ->> 'opensAt';
  closes_at := newest.definition ->> 'closesAt';
  is_final := newest.final_at IS NOT NULL;
  in_force := poll_document(newest.seq, newest.round, newest.revision, newest.definition);
  RETURN NEXT;
END $$;

-- Puts the poll in force that Redis has, with its number there, if this database does not know of that
-- number: it is another one, or was restored from a backup. True if it did.
CREATE OR REPLACE FUNCTION restore_poll(document TEXT, known BIGINT)
RETURNS BOOLEAN
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7234817003);
  IF (SELECT coalesce(max(p.seq), 0) FROM polls p) >= known THEN
    RETURN false;
  END IF;
  PERFORM declare_poll((document::JSONB -> 'definition')::TEXT, '', 0, known);
  RETURN true;
END $$;

-- What consumers do for polls: keep the one in force in Redis, and finish rounds that have closed.
CREATE OR REPLACE FUNCTION poll_duties()
RETURNS TABLE (round TEXT, seq BIGINT, closes_ms BIGINT, is_final BOOLEAN, in_force TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH latest AS (
    SELECT DISTINCT ON (p.round) p.* FROM polls p ORDER BY p.round, p.revision DESC
  )
  SELECT l.round, l.seq, (extract(epoch FROM (l.definition ->> 'closesAt')::TIMESTAMPTZ) * 1000)::BIGINT,
         l.final_at IS NOT NULL,
         CASE WHEN l.seq = (SELECT max(m.seq) FROM latest m)
              THEN poll_document(l.seq, l.round, l.revision, l.definition) END
    FROM latest l
   WHERE l.seq = (SELECT max(m.seq) FROM latest m)
      OR l.final_at IS NULL AND l.definition ->> 'closesAt' IS NOT NULL
   ORDER BY l.seq DESC
$$;

-- Makes a round final, unless it was declared again meanwhile. True if it is final now.
CREATE OR REPLACE FUNCTION finish_round(which TEXT, number BIGINT)
RETURNS BOOLEAN
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7234817003);
  UPDATE polls p SET final_at = now()
   WHERE p.round = which AND p.seq = number AND p.final_at IS NULL
     AND p.revision = (SELECT max(q.revision) FROM polls q WHERE q.round = which);
  IF FOUND THEN
    PERFORM pg_notify('polls', json_build_object('round', which, 'final', true)::TEXT);
  END IF;
  RETURN EXISTS (SELECT FROM polls p WHERE p.round = which AND p.seq = number AND p.final_at IS NOT NULL);
END $$;

-- The results of one round, or of the hundred that were declared last: one row per option, in the order of
-- the definition. While a round's results are hidden, no option has a count. Reads with its owner's rights:
-- the API may read no table.
CREATE OR REPLACE FUNCTION get_poll_results(which TEXT)
RETURNS TABLE (round TEXT, seq BIGINT, revision INT, is_final BOOLEAN, hidden BOOLEAN, option TEXT, label TEXT,
               count BIGINT, total BIGINT, version BIGINT, updated_at TIMESTAMPTZ)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH latest AS (
    SELECT DISTINCT ON (p.round) p.*,
           p.definition ->> 'results' = 'AfterClose' AND p.final_at IS NULL AS hidden
      FROM polls p WHERE p.round = coalesce(which, p.round) ORDER BY p.round, p.revision DESC
  ), chosen AS (
    SELECT * FROM latest l ORDER BY l.seq DESC LIMIT 100
  )
  SELECT c.round, c.seq, c.revision, c.final_at IS NOT NULL, coalesce(c.hidden, false),
         o.value ->> 'key', o.value ->> 'label',
         CASE WHEN c.hidden THEN NULL ELSE coalesce(v.count, 0) END,
         (sum(coalesce(v.count, 0)) OVER rounds)::BIGINT,
         coalesce(max(v.version) OVER rounds, 0),
         max(v.updated_at) OVER rounds
    FROM chosen c
   CROSS JOIN LATERAL jsonb_array_elements(c.definition -> 'options') WITH ORDINALITY AS o (value, n)
    LEFT JOIN round_votes v ON v.round = c.round AND v.option = o.value ->> 'key'
  WINDOW rounds AS (PARTITION BY c.round)
   ORDER BY c.seq DESC, o.n
$$;

COMMIT;
