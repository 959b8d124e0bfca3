# Lets no server start on data of another major version, which it could not read, and reports both
# versions: what an init container ends with stays readable in its pod's status.
# It begins by throwing away what a first start that was cut short has left: there is a PG_VERSION then,
# so the image takes it for a database, and no server starts on it for ever. The mark is gone before the
# first server listens, so nothing was ever written to what still has it.
mark=$(dirname "$PGDATA")/half-made
if [ -e "$mark" ]; then
  echo "the data of a first start that was cut short are made anew"
  rm -rf "$PGDATA"
fi
[ -s "$PGDATA/PG_VERSION" ] || touch "$mark"

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
