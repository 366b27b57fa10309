"""The checks that come with the library, against a real database and cache."""

import socket
import sys
import types
from typing import Any
from unittest import mock

from django.db import OperationalError, connection, connections
from django.test import Client, SimpleTestCase, TransactionTestCase, override_settings

from healthcheck import checks, middleware
from healthcheck.checks import pending_migrations
from healthcheck.database import own_connection

ALL = [f"healthcheck.checks.{name}" for name in ("database", "migrations", "cache")]


class DatabaseTests(TransactionTestCase):
    def test_through_the_probe(self) -> None:
        with override_settings(HEALTHCHECK={"SERVICE": "tests", "CHECKS": ALL, "DEADLINE": 30}):
            body = Client().get("/readyz").json()
        self.assertEqual({"database": "pass", "migrations": "pass", "cache": "pass"}, self.words(body))

    def words(self, body: dict[str, Any]) -> dict[str, str]:
        return {name: check["status"] for name, (check,) in body["checks"].items()}

    def test_the_requests_connection_is_not_used(self) -> None:
        with own_connection() as own:
            own.ensure_connection()
            self.assertIsNot(own.connection, connection.connection)
        self.assertEqual("pass", checks.database().status)

    def test_unapplied_migrations(self) -> None:
        with mock.patch.object(checks.MigrationRecorder, "applied_migrations", return_value={}):
            result = checks.migrations()
        self.assertEqual(("fail", "migrations_pending", False), (result.status, result.code, result.final))
        self.assertEqual({"pending": 2}, result.detail)
        self.assertTrue(checks.migrations().final)


class OwnConnectionTests(SimpleTestCase):
    databases = {"default"}

    def settings_used(self, **settings: Any) -> dict[str, Any]:
        given = {**connections.settings["default"], **settings}
        with (
            mock.patch.dict(connections.settings, {"default": given}),
            mock.patch("healthcheck.database.load_backend") as backend,
            own_connection(),
        ):
            used: dict[str, Any] = backend.return_value.DatabaseWrapper.call_args.args[0]
        self.assertEqual(settings["OPTIONS"], given["OPTIONS"], "the settings are copied")
        return used

    def test_no_pool_no_persistence_and_a_forced_timeout(self) -> None:
        options = {"pool": True, "connect_timeout": 30, "sslmode": "require"}
        used = self.settings_used(ENGINE="django.db.backends.postgresql", OPTIONS=options, CONN_MAX_AGE=60)
        self.assertEqual({"connect_timeout": 2, "sslmode": "require"}, used["OPTIONS"])
        self.assertEqual(0, used["CONN_MAX_AGE"])

    def test_no_timeout_for_a_database_that_knows_none(self) -> None:
        self.assertEqual({}, self.settings_used(ENGINE="django.db.backends.sqlite3", OPTIONS={})["OPTIONS"])

    def test_closed_after_an_exception(self) -> None:
        with mock.patch("healthcheck.database.load_backend") as backend:
            with self.assertRaises(KeyError), own_connection():
                raise KeyError
            backend.return_value.DatabaseWrapper.return_value.close.assert_called_once_with()

    def test_a_server_that_accepts_and_never_answers_ends_by_the_forced_timeout(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as frozen:
            address = {"HOST": "127.0.0.1", "PORT": frozen.getsockname()[1], "USER": "u", "PASSWORD": "p"}
            engine = {"ENGINE": "django.db.backends.postgresql", "NAME": "x", "OPTIONS": {}}
            settings = {**connections.settings["default"], **address, **engine}
            with (
                mock.patch.dict(connections.settings, {"default": settings}),
                self.assertRaises(OperationalError),
                own_connection() as own,
            ):
                own.ensure_connection()


class SquashedMigrationTests(SimpleTestCase):
    old = frozenset({("a", "1"), ("a", "2")})

    def pending(self, *applied: str, **replaces: frozenset[tuple[str, str]]) -> set[str]:
        disk = {("a", "1"): frozenset(), ("a", "2"): frozenset(), ("a", "s"): self.old, ("a", "3"): frozenset()}
        return {name for _, name in pending_migrations(disk, {("a", name) for name in applied})}  # type: ignore[arg-type]

    def test_what_is_missed(self) -> None:
        self.assertEqual({"s", "3"}, self.pending())
        self.assertEqual({"s", "3"}, self.pending("1"))
        self.assertEqual({"3"}, self.pending("1", "2"))
        self.assertEqual({"3"}, self.pending("s"))
        self.assertEqual(set(), self.pending("s", "3"))
        self.assertEqual(set(), self.pending("s", "3", "a-later-one"))


class CacheTests(SimpleTestCase):
    def test_a_cache_that_forgets(self) -> None:
        self.assertEqual("pass", checks.cache().status)
        with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}):
            result = checks.cache()
        self.assertEqual(("fail", "lost_write"), (result.status, result.code))


class CeleryTests(SimpleTestCase):
    def ping(self, replies: list[Any], app: str = "") -> str:
        celery = types.ModuleType("celery")
        celery.current_app = mock.Mock()  # type: ignore[attr-defined]
        celery.current_app.control.ping.return_value = replies
        setting = {"SERVICE": "tests", "CELERY_APP": app}
        with mock.patch.dict(sys.modules, {"celery": celery}), override_settings(HEALTHCHECK=setting):
            status = checks.celery().status
        celery.current_app.control.ping.assert_called_once_with(timeout=1.0, limit=1)
        return status

    def test_a_worker_answers_or_not(self) -> None:
        self.assertEqual("pass", self.ping([{"w": {"ok": "pong"}}]))
        self.assertEqual("warn", self.ping([]))

    def test_the_configured_app_is_asked(self) -> None:
        self.assertEqual("pass", self.ping([{}], app="celery.current_app"))


class CleaningUpTests(SimpleTestCase):
    def test_what_a_check_opened_in_its_thread_is_closed(self) -> None:
        with (
            mock.patch.object(middleware, "connections") as databases,
            mock.patch.object(middleware, "caches") as caches,
        ):
            middleware._close_this_threads_connections()
        databases.close_all.assert_called_once_with()
        caches.close_all.assert_called_once_with()
