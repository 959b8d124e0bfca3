# Gives the server the logins' passwords as the Secret says now, and how many connections each may have. They go by psql's own input, since
# anybody in the pod may read a command line.
for key in POSTGRES_PASSWORD POSTGRES_API_PASSWORD POSTGRES_API_B_PASSWORD \
  POSTGRES_CONSUMER_PASSWORD POSTGRES_CONSUMER_B_PASSWORD; do
  printf '\\set value `cat /etc/voting-secrets/%s 2>/dev/null`\n' "$key"
  printf "SELECT set_config('voting.%s', :'value', false) AS value \\\\gset\n" "$key"
done | cat - /etc/voting/logins.sql /etc/voting/connections.sql |
  # Within the pod the server trusts, so a password that has just changed is no hindrance. Nor is one
  # to stand in the server's log, whatever that is set to log.
  PGOPTIONS='-c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic' \
    psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"
