# Ends the processes of a votingapp that was killed (kill -9, out of memory): it sends each child to
# this script's standard input, which ends with it.
#
#   + PID   a child has started
#   - PID   a child has ended
#   d DIR   a small directory to delete too
#   done    a regular end, nothing is left to do
#
# $1: the temporary directory to delete; empty if the data are to be kept.
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
