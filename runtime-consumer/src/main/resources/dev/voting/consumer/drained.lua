-- Whether a round is over in Redis: the poll in force is at least the given one, so no vote of an older
-- definition can follow, and the clock is past the close. Returns nothing if not; else the stream's last id,
-- and the id of the first entry that our group has not finished, or ''.
-- KEYS: the stream, the poll. ARGV: the group, the round's number in 20 digits, the close in ms.
if redis.call('GETRANGE', KEYS[2], 0, 19) < ARGV[2] then
  return {}
end
local time = redis.call('TIME')
if tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) < tonumber(ARGV[3]) then
  return {}
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  return {} -- it will be created
end
local function fields(answer)
  local found = {}
  for i = 1, #answer, 2 do
    found[answer[i]] = answer[i + 1]
  end
  return found
end

local ours
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local found = fields(group)
  if found['name'] == ARGV[1] then
    ours = found
  end
end
if not ours then
  return {}
end
local last = fields(redis.call('XINFO', 'STREAM', KEYS[1]))['last-generated-id']
if tonumber((string.match(last, '%d+'))) < tonumber(ARGV[3]) then
  -- From now on no id can be before the close, even if the clock goes back.
  last = redis.call('XADD', KEYS[1], '*', 'close', ARGV[3])
  redis.call('XDEL', KEYS[1], last)
end
local oldest = ''
if ours['pending'] > 0 then
  oldest = redis.call('XPENDING', KEYS[1], ARGV[1])[2]
else
  local unread = redis.call('XRANGE', KEYS[1], '(' .. ours['last-delivered-id'], '+', 'COUNT', 1)[1]
  if unread then
    oldest = unread[1]
  end
end
return {last, oldest}
