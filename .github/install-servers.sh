#!/usr/bin/env bash
# PostgreSQL 15, RabbitMQ, Dovecot and ClamAV for the tests that start, stop and kill servers of their own, on a runner of GitHub's.
set -euo pipefail
[ ! -x /usr/lib/postgresql/15/bin/postgres ] || [ ! -x /usr/lib/rabbitmq/bin/rabbitmq-server ] \
  || [ ! -x /usr/sbin/dovecot ] || [ ! -x /usr/sbin/clamd ] || exit 0
sudo apt-get update -qq
sudo apt-get install -qq --yes postgresql-common
sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y
sudo apt-get install -qq --yes --no-install-recommends postgresql-15 rabbitmq-server dovecot-imapd clamav-daemon
