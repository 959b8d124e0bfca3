# Brings the schema of an existing database up to date; the scripts are idempotent. A new database
# has them from the image's own start already. Waits for TCP, where the server that the image
# starts only to initialise does not listen.
until pg_isready -q -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"; do
  sleep 1
done
# Within the pod the server trusts, so a password that has just changed is no hindrance.
for script in /docker-entrypoint-initdb.d/*.sql; do
  psql -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
    -f "$script" || exit 1
done
# The Secret is right about the password: a rotated one takes effect with the start that it causes.
psql -q -v ON_ERROR_STOP=1 -v password="$POSTGRES_PASSWORD" -h 127.0.0.1 -U "$POSTGRES_USER" \
  -d "$POSTGRES_DB" <<'SQL'
ALTER ROLE CURRENT_USER PASSWORD :'password';
SQL
