-- Removes a consumer from the group, unless it has pending entries, which would be lost.
-- Returns 1 if it did.
-- KEYS: the stream. ARGV: the group, the consumer.
if redis.call('EXISTS', KEYS[1]) == 0
    or #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then
  return 0
end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
