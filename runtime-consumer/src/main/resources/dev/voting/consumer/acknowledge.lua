-- Acknowledges entries that are safely recorded, and removes them from the stream if no other group
-- reads it. Returns how many were pending until now.
-- KEYS: the stream. ARGV: the group, then the entries' ids.
local function after(a, b)
  local a_ms, a_n = string.match(a, '(%d+)-(%d+)')
  local b_ms, b_n = string.match(b, '(%d+)-(%d+)')
  if a_ms ~= b_ms then
    return tonumber(a_ms) > tonumber(b_ms)
  end
  return tonumber(a_n) > tonumber(b_n)
end

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local groups = redis.call('XINFO', 'GROUPS', KEYS[1])
local delivered
if #groups == 1 then
  local about = {}
  for i = 1, #groups[1], 2 do
    about[groups[1][i]] = groups[1][i + 1]
  end
  if about['name'] == ARGV[1] then
    delivered = about['last-delivered-id']
  end
end
local acknowledged = 0
-- In portions, because Lua's unpack takes some thousand values and no more.
for first = 2, #ARGV, 1000 do
  local ids = {unpack(ARGV, first, math.min(first + 999, #ARGV))}
  local pending = redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
  acknowledged = acknowledged + pending
  if delivered then
    if pending < #ids then
      -- Where the group was made anew or Redis lost data, an id may be that of an entry still unread.
      local read = {}
      for _, id in ipairs(ids) do
        if not after(id, delivered) then
          read[#read + 1] = id
        end
      end
      ids = read
    end
    if #ids > 0 then
      redis.call('XDEL', KEYS[1], unpack(ids))
    end
  end
end
return acknowledged
