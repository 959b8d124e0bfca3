-- If other groups read the stream too: removes the entries that every one of them has finished.
-- Returns how many.
-- KEYS: the stream. ARGV: the group.
-- By their digits: a number of Lua is not exact beyond 2^53, an id may be.
local function before(a, b)
  local a_ms, a_n = string.match(a, '(%d+)-(%d+)')
  local b_ms, b_n = string.match(b, '(%d+)-(%d+)')
  if a_ms == b_ms then
    a_ms, b_ms = a_n, b_n
  end
  if #a_ms ~= #b_ms then
    return #a_ms < #b_ms
  end
  return a_ms < b_ms
end

local function next_id(id)
  local ms, n = string.match(id, '(%d+)-(%d+)')
  -- Beyond this a number of Lua is not exact; then the entry is removed with the one that follows it.
  return tonumber(n) < 2 ^ 53 and string.format('%s-%.0f', ms, tonumber(n) + 1) or id
end

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local groups = redis.call('XINFO', 'GROUPS', KEYS[1])
local ours = false
local oldest
for _, group in ipairs(groups) do
  local about = {}
  for i = 1, #group, 2 do
    about[group[i]] = group[i + 1]
  end
  ours = ours or about['name'] == ARGV[1]
  local unfinished = next_id(about['last-delivered-id'])
  if about['pending'] > 0 then
    unfinished = redis.call('XPENDING', KEYS[1], about['name'])[2]
  end
  if not oldest or before(unfinished, oldest) then
    oldest = unfinished
  end
end
-- Without our group, which will be re-created, it is unknown what is counted.
if not ours or #groups < 2 then
  return 0
end
return redis.call('XTRIM', KEYS[1], 'MINID', oldest)
