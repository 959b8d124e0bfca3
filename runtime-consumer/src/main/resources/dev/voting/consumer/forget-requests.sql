-- where the last call ended or NULL, the id of the oldest vote just recorded
SELECT forgotten, reached FROM forget_requests(?, ?)
