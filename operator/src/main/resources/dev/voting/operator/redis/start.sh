# Starts Redis with the users that the Secret says.
umask 077
# The pod's own two users have passwords that nobody outside of it ever learns.
for user in probe reload; do
  od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n' >"/run/redis/$user"
done
sh /etc/redis/users.sh >/run/redis/users.acl
exec redis-server /etc/redis/redis.conf
