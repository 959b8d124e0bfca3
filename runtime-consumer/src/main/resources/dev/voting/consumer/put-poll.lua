-- Puts the poll in force, unless a newer one is there. Returns 1 if it did.
-- KEYS: the poll. ARGV: its number in 20 digits; the number and its JSON.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and kind ~= 'string' then
  redis.call('DEL', KEYS[1])
  kind = 'none'
end
if kind == 'string' and redis.call('GETRANGE', KEYS[1], 0, 19) >= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
