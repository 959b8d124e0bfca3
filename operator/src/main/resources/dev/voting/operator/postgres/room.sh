# Succeeds while the volume has room for what PostgreSQL writes next, two segments of its log: the
# readiness of this container, by which the operator knows that the volume is full.
free=$(df -Pk /var/lib/postgresql/data | awk 'NR == 2 { print $4 }')
if [ "$free" -lt 32768 ]; then
  echo "the volume of the data has $free KiB left"
  exit 1
fi
