-- Acknowledges entries that are safely recorded, and removes them from the stream if no other group
-- reads it. Returns how many were pending until now.
-- KEYS: the stream. ARGV: the group; 'run' if the entries are all that there were from the first to
-- the last of them, else 'some'; then the entries' ids, in the order of the stream.
-- By their digits: a number of Lua is not exact beyond 2^53, an id may be.
local function after(a, b)
  local a_ms, a_n = string.match(a, '(%d+)-(%d+)')
  local b_ms, b_n = string.match(b, '(%d+)-(%d+)')
  if a_ms == b_ms then
    a_ms, b_ms = a_n, b_n
  end
  if #a_ms ~= #b_ms then
    return #a_ms > #b_ms
  end
  return a_ms > b_ms
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
-- In portions, because Lua's unpack takes some thousand values and no more.
local function portions(done)
  for first = 3, #ARGV, 1000 do
    done({unpack(ARGV, first, math.min(first + 999, #ARGV))})
  end
end

local acknowledged = 0
portions(function(ids)
  acknowledged = acknowledged + redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
end)
if not delivered then
  return acknowledged
end

local all = acknowledged == #ARGV - 2
if all and ARGV[2] == 'run' then
  -- One trim removes all entries at the head at almost no cost; deleting each of them is slower.
  local first, last = ARGV[3], ARGV[#ARGV]
  local head = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  local ms, n = string.match(last, '(%d+)-(%d+)')
  -- Beyond this a number of Lua is not exact.
  if head and head[1] == first and tonumber(n) < 2 ^ 53
      and #redis.call('XPENDING', KEYS[1], ARGV[1], first, last, 1) == 0 then
    redis.call('XTRIM', KEYS[1], 'MINID', string.format('%s-%.0f', ms, tonumber(n) + 1))
    return acknowledged
  end
end
portions(function(ids)
  if not all then
    -- If the group was re-created or Redis lost data, an id may be that of an unread entry.
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
end)
return acknowledged
