-- stream_ids, options, timestamps in ms, source_ips, user_agents, request_ids, nonces
SELECT recorded, repeated_requests, reused_ids FROM record_votes(?, ?, ?, ?, ?, ?, ?)
