-- Resets the group to the beginning of the stream if all remaining entries were delivered and are not
-- pending, so that no consumer would read them again. That happens when somebody removes a consumer with
-- its pending entries, moves the group, or deletes another group that lagged behind. Votes recorded before
-- are then found as duplicates, and acknowledged. Returns how many entries.
-- KEYS: the stream. ARGV: the group.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local groups = redis.call('XINFO', 'GROUPS', KEYS[1])
if #groups ~= 1 then
  return 0
end
local about = {}
for i = 1, #groups[1], 2 do
  about[groups[1][i]] = groups[1][i + 1]
end
if about['name'] ~= ARGV[1] or about['pending'] > 0
    or #redis.call('XRANGE', KEYS[1], '(' .. about['last-delivered-id'], '+', 'COUNT', 1) > 0 then
  return 0
end
local left = redis.call('XLEN', KEYS[1])
if left > 0 then
  redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], '0')
end
return left
