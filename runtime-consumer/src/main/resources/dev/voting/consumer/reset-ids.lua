-- Re-creates the stream if its last id is more than a day ahead, because a client chose that id: all
-- later ids follow it, up to the last possible one. Only while the stream is empty and nothing is
-- pending, so that nothing is lost. No id occurs twice: earlier ones are of the past, or of that future.
-- Returns 1 if it did.
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
