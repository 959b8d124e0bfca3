-- Where several groups read the stream: removes the entries that every one of them has finished.
-- Returns how many.
-- KEYS: the stream.
local function before(a, b)
  local a_ms, a_n = string.match(a, '(%d+)-(%d+)')
  local b_ms, b_n = string.match(b, '(%d+)-(%d+)')
  if a_ms ~= b_ms then
    return tonumber(a_ms) < tonumber(b_ms)
  end
  return tonumber(a_n) < tonumber(b_n)
end

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local groups = redis.call('XINFO', 'GROUPS', KEYS[1])
if #groups < 2 then
  return 0
end
local oldest
for _, group in ipairs(groups) do
  local about = {}
  for i = 1, #group, 2 do
    about[group[i]] = group[i + 1]
  end
  -- What was delivered last is not finished before it is acknowledged; it goes with the next one.
  local unfinished = about['last-delivered-id']
  if about['pending'] > 0 then
    unfinished = redis.call('XPENDING', KEYS[1], about['name'])[2]
  end
  if not oldest or before(unfinished, oldest) then
    oldest = unfinished
  end
end
return redis.call('XTRIM', KEYS[1], 'MINID', oldest)
