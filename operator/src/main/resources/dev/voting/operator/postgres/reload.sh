# Gives the server the logins' passwords and numbers of connections, and its certificate if it has one,
# whenever they change, with no restart: the kubelet brings a changed Secret or ConfigMap into the
# running pod.
trap 'exit 0' TERM INT

reload_certificate() {
  [ ! -e /etc/voting-tls ] ||
    psql -X -q -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
      -c 'SELECT pg_reload_conf()' >/dev/null
}

applied=
while :; do
  wanted=$(cat /etc/voting-secrets/* /etc/voting-tls/* /etc/voting/connections.sql 2>/dev/null | sha256sum)
  if [ "$wanted" != "$applied" ] &&
    pg_isready -q -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" &&
    sh /etc/voting/logins.sh && reload_certificate; then
    applied=$wanted
    echo "the logins are as the Secret says"
  fi
  # In the background, so that the end of the pod is not waited for.
  sleep 2 &
  wait $!
done
