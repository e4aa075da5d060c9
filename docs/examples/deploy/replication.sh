#!/bin/bash
# Run once by the image when it makes the database: who may copy it, and from where.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
  -c "CREATE ROLE replicator REPLICATION LOGIN PASSWORD '$POSTGRES_PASSWORD'"
echo "host replication replicator all scram-sha-256" >> "$PGDATA/pg_hba.conf"
