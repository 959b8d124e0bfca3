-- definition, source, generation, the number in Redis
SELECT outcome, problem, round, revision, seq, opens_at, closes_at, is_final, in_force
  FROM declare_poll(?, ?, ?, ?)
