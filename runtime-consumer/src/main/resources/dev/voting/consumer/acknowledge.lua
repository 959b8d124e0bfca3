-- Acknowledges entries that are safely recorded, and removes them from the stream if no other group
-- reads it. Returns how many were pending until now.
-- KEYS: the stream. ARGV: the group, then the entries' ids.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local alone = #redis.call('XINFO', 'GROUPS', KEYS[1]) == 1
local acknowledged = 0
-- In portions, because Lua's unpack takes some thousand values and no more.
for first = 2, #ARGV, 1000 do
  local last = math.min(first + 999, #ARGV)
  acknowledged = acknowledged + redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, first, last))
  if alone then
    redis.call('XDEL', KEYS[1], unpack(ARGV, first, last))
  end
end
return acknowledged
