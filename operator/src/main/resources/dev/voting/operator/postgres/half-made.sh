# Throws away what a first start that was cut short has left: there is a PG_VERSION then, so the image
# takes it for a database, and no server starts on it for ever. The mark is gone before the first server
# listens, so nothing was ever written to what still has it.
#
# Sourced by the init container, once for a pod; and, as BASH_ENV, by the image's own entry point, for
# each container that is started in that pod. An image with another entry point does without the latter.
unset BASH_ENV
case $0 in
  *version.sh | *docker-entrypoint.sh)
    mark=$(dirname "$PGDATA")/half-made
    if [ -e "$mark" ] && [ -n "$(ls -A "$PGDATA" 2>/dev/null)" ]; then
      echo "a first start was cut short: its data are deleted and created again"
      rm -rf "$PGDATA"
    fi
    ;;
esac
