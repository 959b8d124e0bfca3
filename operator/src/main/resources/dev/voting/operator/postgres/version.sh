# Lets no server start on data of another major version, which it could not read, and reports both
# versions: what an init container ends with stays readable in its pod's status.
. "$(dirname "$0")/half-made.sh"
# What is made from now on is half-made until 99-made.sh says otherwise.
[ -s "$PGDATA/PG_VERSION" ] || touch "$(dirname "$PGDATA")/half-made"

log=${TERMINATION_LOG:-/dev/termination-log}

server=$(postgres --version 2>/dev/null | sed -n 's/^postgres (PostgreSQL) \([^ ]*\).*/\1/p')
# An image that does not say what it is has a server that will see for itself.
[ -n "$server" ] || exit 0

data=$(cat "$PGDATA/PG_VERSION" 2>/dev/null)
case $server in
  "$data" | "$data".* | "$data"[a-z]*)
    echo "PostgreSQL $server, data of $data" >"$log"
    ;;
  *)
    if [ -z "$data" ]; then
      echo "PostgreSQL $server, no data" >"$log"
    else
      echo "PostgreSQL $server, data of $data: it cannot read them" | tee "$log" >&2
      exit 1
    fi
    ;;
esac
