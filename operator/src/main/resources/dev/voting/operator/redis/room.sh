# Succeeds while Redis takes votes: the readiness of this container, by which the operator knows that it
# is full.
ask() {
  socket=
  if [ -e /etc/voting-tls ]; then
    socket='-s /run/redis/redis.sock'
  fi
  REDISCLI_AUTH=$(cat /run/redis/probe) redis-cli $socket --user probe "$@"
}

# Refused as a vote is, for want of memory or of disk, and otherwise does nothing: there is no such
# stream.
answer=$(ask XADD room NOMKSTREAM '*' option none) || exit 1
if [ -n "$answer" ]; then
  echo "$answer"
  exit 1
fi

# The last hundredth counts as full, or the answer would be another with each vote that is counted.
ask INFO memory | tr -d '\r' | awk -F: '
  { is[$1] = $2 }
  END {
    full = is["maxmemory_policy"] == "noeviction" && is["maxmemory"] + 0 > 0 &&
      is["used_memory"] * 100 > is["maxmemory"] * 99
    if (full) print "Redis is full"
    exit full
  }'
