# The image's last step of making a database, before anybody can reach it: from now on it is one to keep,
# whatever happens to the node.
rm -f "$(dirname "$PGDATA")/half-made"
sync "$(dirname "$PGDATA")" || true
