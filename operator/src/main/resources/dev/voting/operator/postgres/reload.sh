# Gives the server the logins' passwords whenever the Secret changes, with no restart: the kubelet
# brings a changed Secret into the running pod.
trap 'exit 0' TERM INT
applied=
while :; do
  wanted=$(cat /etc/voting-secrets/* | sha256sum)
  if [ "$wanted" != "$applied" ] &&
    pg_isready -q -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" &&
    sh /etc/voting/logins.sh; then
    applied=$wanted
    echo "the logins are as the Secret says"
  fi
  # In the background, so that the end of the pod is not waited for.
  sleep 2 &
  wait $!
done
