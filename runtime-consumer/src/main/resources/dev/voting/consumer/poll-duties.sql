SELECT round, seq, CASE WHEN NOT is_final THEN closes_ms END, in_force FROM poll_duties()
