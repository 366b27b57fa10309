#!/usr/bin/env bash
# Makes each service's database with its two roles, or brings them to what ensure-database.sql says: run it as often as
# you like, on a new volume or an old one. PGHOST, PGUSER and PGPASSWORD are the superuser's.
#   ensure-databases.sh DATABASE...     with <DATABASE>_OWNER_PASSWORD and <DATABASE>_APP_PASSWORD in the environment
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

for database in "$@"; do
  for role in OWNER APP; do
    name="${database^^}_${role}_PASSWORD"
    if [ -z "${!name:-}" ]; then
      echo "ensure-databases: $name is empty; \`bash Scripts/docker.sh\` writes it to Docker/.env" >&2
      exit 64
    fi
    export "ENSURE_${role}_PASSWORD=${!name}"
  done
  psql --quiet --no-psqlrc --no-password --dbname postgres --set ON_ERROR_STOP=1 --set database="$database" \
    --file "$here/ensure-database.sql" >/dev/null
  echo "ensure-databases: $database is as it should be"
done
