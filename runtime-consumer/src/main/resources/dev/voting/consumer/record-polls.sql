-- as record-batch.sql, then rounds, opens and closes in ms, voters
SELECT recorded, repeated_requests, reused_ids, late FROM record_votes(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
