"""The checks that come with the library, named in `HEALTHCHECK["CHECKS"]` by their dotted paths.

What they raise is caught, and logged, by the engine.
"""

import functools
import secrets
from typing import Any

from django.core.cache import caches
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import import_string

from healthcheck import conf
from healthcheck.database import own_connection
from healthcheck.definition import Result, check

MigrationKey = tuple[str, str]


@check(name="database")
def database() -> Result:
    """A new connection can be made and answers."""
    with own_connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Result(status="pass")


@check(name="migrations")
def migrations() -> Result:
    """Every migration on disk is applied. Once that is so it is not asked again: code and disk do not change."""
    with own_connection() as connection:
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
def cache() -> Result:
    """What is written to the default cache can be read."""
    key = f"healthcheck:{secrets.token_hex(8)}"
    store = caches["default"]
    store.set(key, key, timeout=10)
    found = store.get(key)
    store.delete(key)
    return Result(status="pass") if found == key else Result(status="fail", code="lost_write")


@check(name="celery", critical=False, timeout=5.0, ttl=15.0, max_age=60.0)
def celery() -> Result:
    """A Celery worker answers a ping. No answer within a second is a warning: busy workers do not answer in time."""
    replies = _celery_app().control.ping(timeout=1.0, limit=1)
    return Result(status="pass") if replies else Result(status="warn", code="no_reply")


def _celery_app() -> Any:
    path = conf.load().celery_app
    if path:
        return import_string(path)
    from celery import current_app

    return current_app
