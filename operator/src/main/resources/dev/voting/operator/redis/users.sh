# Prints Redis' users as the Secret says now, with no password but its hash. A user whose password is
# not there is off.
grep '^user ' /etc/redis/users.acl | while IFS= read -r line; do
  case $line in
  *'<'*'>'*)
    key=${line#*<}
    key=${key%%>*}
    state=off
    for file in "/run/redis/$key" "/etc/voting-secrets/$key"; do
      if [ -s "$file" ]; then
        # Without the line's end that a hand-made Secret may have.
        hash=$(printf %s "$(cat "$file")" | sha256sum)
        state="on #${hash%% *}"
      fi
    done
    printf '%s%s%s\n' "${line%%<*}" "$state" "${line#*>}"
    ;;
  *) printf '%s\n' "$line" ;;
  esac
done
