"""Database, migrations, cache."""

import functools
import secrets

from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import DEFAULT_DB_ALIAS

from healthcheck.database import own_connection
from healthcheck.definition import Result, check

MigrationKey = tuple[str, str]


@check(name="database")
def database(*, alias: str = DEFAULT_DB_ALIAS) -> Result:
    """The database answers a query on the checks' own connection."""
    with own_connection(alias) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Result(status="pass")


@check(name="migrations")
def migrations(*, alias: str = DEFAULT_DB_ALIAS) -> Result:
    """Every migration on disk is applied. Once that is so it is not asked again: code and disk do not change."""
    with own_connection(alias) as connection:
        applied = set(MigrationRecorder(connection).applied_migrations())
    missing = pending_migrations(_replaced_by_migration(), applied)
    if missing:
        return Result(status="fail", code="migrations_pending", detail={"pending": len(missing)})
    return Result(status="pass", final=True)


def pending_migrations(
    on_disk: dict[MigrationKey, frozenset[MigrationKey]], applied: set[MigrationKey]
) -> set[MigrationKey]:
    """The migrations that are still to be applied.

    `on_disk`: each migration with those that it replaces. A squashed one counts as applied when it is recorded or all
    that it replaces are; what an applied one replaces is not missed.
    """
    done = {key for key, replaced in on_disk.items() if key in applied or (replaced and replaced <= applied)}
    replaced_by_done = {old for key in done for old in on_disk[key]}
    undone = on_disk.keys() - done - replaced_by_done
    # Of an unapplied squash and the migrations that it replaces, one or the other is pending, not both.
    return undone - {old for key in undone for old in on_disk[key]}


@functools.cache
def _replaced_by_migration() -> dict[MigrationKey, frozenset[MigrationKey]]:
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return {key: frozenset((app, name) for app, name in migration.replaces) for key, migration in disk.items()}


@check(name="cache", critical=False)
def cache(*, alias: str = DEFAULT_CACHE_ALIAS) -> Result:
    """What is written to the cache can be read."""
    key = f"healthcheck:{secrets.token_hex(8)}"
    store = caches[alias]
    store.set(key, key, timeout=10)
    found = store.get(key)
    store.delete(key)
    return Result(status="pass") if found == key else Result(status="fail", code="lost_write")
