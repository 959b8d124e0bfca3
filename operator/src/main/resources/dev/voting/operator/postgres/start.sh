# Brings the schema and the logins of an existing database up to date; all of it is idempotent. A new
# database has the schema from the image's own start already. Waits for TCP, where the server that the
# image starts only to initialise does not listen.
until pg_isready -q -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"; do
  sleep 1
done
# For an image that knows no folder of scripts, before there are tables to write to.
sh /docker-entrypoint-initdb.d/99-made.sh
# Within the pod the server trusts, so a password that has just changed is no hindrance.
for script in /docker-entrypoint-initdb.d/*.sql; do
  psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
    -f "$script" || exit 1
done
sh /etc/voting/logins.sh
