-- Makes the stream again where its last id is more than a day ahead, as somebody chose it who may add
-- entries: all later ids follow it, and after the last possible one there is none. Only while nothing is
-- left in it and nothing pending, so that nothing is lost. No id is given again by that: those that were
-- given are of the past, or of that future. Returns 1 if it did.
-- KEYS: the stream.
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('XLEN', KEYS[1]) > 0 then
  return 0
end
local function fields(answer)
  local found = {}
  for i = 1, #answer, 2 do
    found[answer[i]] = answer[i + 1]
  end
  return found
end

local last = fields(redis.call('XINFO', 'STREAM', KEYS[1]))['last-generated-id']
local now = tonumber(redis.call('TIME')[1]) * 1000
if tonumber((string.match(last, '%d+'))) < now + 86400000 then
  return 0
end
local groups = redis.call('XINFO', 'GROUPS', KEYS[1])
for _, group in ipairs(groups) do
  if fields(group)['pending'] > 0 then
    return 0
  end
end
redis.call('DEL', KEYS[1])
for _, group in ipairs(groups) do
  redis.call('XGROUP', 'CREATE', KEYS[1], fields(group)['name'], '0', 'MKSTREAM')
end
return 1
