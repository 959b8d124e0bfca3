-- Moves an entry that can never be counted into the stream of dead letters, all or nothing, and only
-- once however often it is called. Returns 1 if it did.
-- KEYS: the stream, the dead letters. ARGV: the group, the entry's id, then fields and values.
if redis.call('EXISTS', KEYS[1]) == 0
    or #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then
  return 0
end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 3))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
if #redis.call('XINFO', 'GROUPS', KEYS[1]) == 1 then
  redis.call('XDEL', KEYS[1], ARGV[2])
end
return 1
