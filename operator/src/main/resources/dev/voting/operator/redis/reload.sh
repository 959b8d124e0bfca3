# Gives Redis its users, and its certificate if it has one, whenever a Secret changes, with no restart:
# the kubelet brings a changed Secret into the running pod. User by user rather than by ACL LOAD, with
# which older versions disconnect everybody.
trap 'exit 0' TERM INT

# Not over TLS: the server may have a certificate that is to be replaced for it is not good.
socket=
if [ -e /etc/voting-tls ]; then
  socket='-s /run/redis/redis.sock'
fi

users() {
  # Not the default user, who is off in any case: as that counts everybody who has just come in.
  sh /etc/redis/users.sh | grep -v '^user default ' | while read -r _ user rules; do
    printf 'ACL SETUSER %s reset %s\n' "$user" "$rules"
    # Whoever came in with a login that has ended leaves too.
    case $rules in off*) printf 'CLIENT KILL USER %s\n' "$user" ;; esac
  done
}

certificate() {
  if [ -n "$socket" ]; then
    # The path is the same, but Redis reads its files again.
    echo 'CONFIG SET tls-cert-file /etc/voting-tls/tls.crt'
  fi
}

apply() {
  answers=$(
    { users && certificate; } |
      REDISCLI_AUTH=$(cat /run/redis/reload) redis-cli $socket --user reload 2>&1
  )
  case $answers in
  '' | *[!OK0-9[:space:]]*)
    printf 'Redis does not take its users or its certificate: %s\n' "$answers" >&2
    return 1
    ;;
  esac
}

# The consumer notes here how many entries were deleted before they were counted. The operator reads it in
# the pod's status, as the termination message of this container, which so ends when the number has changed.
lost() {
  votes=$(
    REDISCLI_AUTH=$(cat /run/redis/reload) redis-cli $socket --user reload GET '{votes}:lost' 2>/dev/null
  ) || return 0
  case ${votes:=0} in *[!0-9]*) return 0 ;; esac
  if [ "$votes" != "$(cat /run/redis/lost 2>/dev/null || echo 0)" ]; then
    echo "$votes" >/run/redis/lost
    echo "votes lost: $votes"
    exit 1
  fi
}

applied=
while :; do
  wanted=$(cat /etc/voting-secrets/* /etc/voting-tls/* 2>/dev/null | sha256sum)
  if [ "$wanted" != "$applied" ] && [ -s /run/redis/reload ] && apply; then
    applied=$wanted
    echo "the users are as the Secret says"
  fi
  if [ -n "$applied" ]; then
    lost
  fi
  # In the background, so that the end of the pod is not waited for.
  sleep 2 &
  wait $!
done
