COPY vote_events (option, timestamp, stream_id) FROM STDIN
