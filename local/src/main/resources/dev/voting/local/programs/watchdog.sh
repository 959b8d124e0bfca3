# Ends the processes of a votingapp that was itself ended without a chance to do so (kill -9, out of
# memory): it tells this script of each child on standard input, and when it is gone, the input ends.
#
#   + PID   a child has started
#   - PID   a child has ended
#   d DIR   a small directory that is to go with it, too
#   done    all is well, nothing is left to do
#
# $1: the temporary directory to remove with it; empty when the data is to be kept.
trap '' INT HUP TERM
children=' '
also=
while read -r what pid; do
  case $what in
    +) children="$children$pid " ;;
    -)
      others=' '
      for child in $children; do
        [ "$child" = "$pid" ] || others="$others$child "
      done
      children=$others
      ;;
    d) also=$pid ;;
    done) exit 0 ;;
  esac
done
for child in $children; do
  kill -9 "$child" 2>/dev/null
done
[ -n "$also" ] && rm -rf -- "$also"
[ -n "$1" ] || exit 0
# Backends of PostgreSQL outlive it by a moment and may still write.
for attempt in 1 2 3 4 5; do
  rm -rf -- "$1" 2>/dev/null
  [ -e "$1" ] || exit 0
  sleep 1
done
