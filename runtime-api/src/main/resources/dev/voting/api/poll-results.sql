SELECT round, seq, is_final, hidden, option, label, count, total, version, updated_at
  FROM get_poll_results(?)
