"""The checks that come with the library, against a real database and cache."""

import os
import socket
import sys
import types
from typing import Any
from unittest import mock

from django.db import OperationalError, connection, connections
from django.test import Client, SimpleTestCase, TransactionTestCase, override_settings

from healthcheck import checks, database, probes
from healthcheck.checks import stores
from healthcheck.checks.stores import pending_migrations
from healthcheck.database import _new, own_connection

ALL = [f"healthcheck.checks.{name}" for name in ("database", "migrations", "cache")]


class DatabaseTests(TransactionTestCase):
    def test_through_the_probe(self) -> None:
        with override_settings(HEALTHCHECK={"SERVICE": "tests", "CHECKS": ALL, "DEADLINE": 30}):
            body = Client().get("/readyz").json()
        self.assertEqual({"database": "pass", "migrations": "pass", "cache": "pass"}, self.words(body))

    def words(self, body: dict[str, Any]) -> dict[str, str]:
        return {name: check["status"] for name, (check,) in body["checks"].items()}

    def test_the_requests_connection_is_not_used(self) -> None:
        requests = connection.connection
        with own_connection() as own:
            self.assertIsNot(own.connection, requests)
        self.assertEqual("pass", checks.database().status)

    def test_unapplied_migrations(self) -> None:
        with mock.patch.object(stores.MigrationRecorder, "applied_migrations", return_value={}):
            result = checks.migrations()
        self.assertEqual(("fail", "migrations_pending", False), (result.status, result.code, result.final))
        self.assertEqual({"pending": 2}, result.detail)
        self.assertTrue(checks.migrations().final)


class OwnConnectionTests(SimpleTestCase):
    databases = {"default", "second"}

    def settings_used(self, **settings: Any) -> dict[str, Any]:
        given = {**connections.settings["default"], **settings}
        with (
            mock.patch.dict(connections.settings, {"default": given}),
            mock.patch("healthcheck.database.load_backend") as backend,
        ):
            _new("default")
            used: dict[str, Any] = backend.return_value.DatabaseWrapper.call_args.args[0]
        self.assertEqual(settings["OPTIONS"], given["OPTIONS"], "the settings are copied")
        return used

    def test_no_pool_and_forced_timeouts(self) -> None:
        options = {"pool": True, "connect_timeout": 30, "sslmode": "require"}
        used = self.settings_used(ENGINE="django.db.backends.postgresql", OPTIONS=options, ATOMIC_REQUESTS=True)
        self.assertEqual((2, 2000), (used["OPTIONS"]["connect_timeout"], used["OPTIONS"]["tcp_user_timeout"]))
        self.assertEqual("require", used["OPTIONS"]["sslmode"])
        self.assertNotIn("pool", used["OPTIONS"])

    def test_other_engines_have_other_names_for_it(self) -> None:
        for engine, option in (("mysql", "read_timeout"), ("oracle", "tcp_connect_timeout"), ("sqlite3", "timeout")):
            self.assertIn(option, self.settings_used(ENGINE=f"django.db.backends.{engine}", OPTIONS={})["OPTIONS"])
        postgis = self.settings_used(ENGINE="django.contrib.gis.db.backends.postgis", OPTIONS={})
        self.assertIn("keepalives", postgis["OPTIONS"])
        self.assertEqual({}, self.settings_used(ENGINE="somebody.elses", OPTIONS={})["OPTIONS"])

    def test_closed_after_an_exception_and_the_threads_own_comes_back(self) -> None:
        before = connections["default"]
        with self.assertRaises(KeyError), own_connection() as own:
            self.assertIs(own, connections["default"], "the ORM uses it inside the block")
            raise KeyError
        self.assertIsNone(database._shared["default"].connection)
        self.assertIs(before, connections["default"])

    def test_one_session_for_all_runs_where_no_test_runner_is_at_work(self) -> None:
        with mock.patch.object(database, "mail", object()):
            self.addCleanup(database._shared["default"].close)
            with own_connection() as first:
                session = first.connection
            with own_connection() as second:
                self.assertIs(session, second.connection)

    def test_a_session_that_was_lost_meanwhile_is_made_anew(self) -> None:
        with mock.patch.object(database, "mail", object()):
            self.addCleanup(database._shared["default"].close)
            with own_connection() as own:
                lost = own.connection
            with mock.patch.object(own, "is_usable", return_value=False), own_connection() as again:
                self.assertIsNot(lost, again.connection)

    def test_another_database_has_a_connection_of_its_own(self) -> None:
        self.assertEqual("pass", checks.database(alias="second").status)
        with own_connection() as first, own_connection("second") as second:
            self.assertIsNot(first, second)

    def test_who_waits_for_the_connection_for_too_long_gives_up(self) -> None:
        with own_connection(), mock.patch.object(database, "TIMEOUT_SECONDS", 0.01), self.assertRaises(database.Busy):
            self.enterContext(own_connection())

    def test_closing_what_was_never_opened(self) -> None:
        shared = database._Shared()
        shared.close()
        self.assertIsNone(shared.connection)

    def test_the_child_of_a_fork_makes_its_own(self) -> None:
        with mock.patch.object(database, "mail", object()), own_connection():
            pass
        self.addCleanup(database._shared["default"].close)
        child = os.fork()
        if child == 0:
            os._exit(len(database._shared))
        self.assertEqual(0, os.waitpid(child, 0)[1])

    def test_a_server_that_accepts_and_never_answers_ends_by_the_forced_timeout(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as frozen:
            address = {"HOST": "127.0.0.1", "PORT": frozen.getsockname()[1], "USER": "u", "PASSWORD": "p"}
            engine = {"ENGINE": "django.db.backends.postgresql", "NAME": "x", "OPTIONS": {}}
            settings = {**connections.settings["default"], **address, **engine}
            with (
                mock.patch.dict(connections.settings, {"default": settings}),
                mock.patch.dict(database._shared, clear=True),
                self.assertRaises(OperationalError),
            ):
                self.enterContext(own_connection())


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
            mock.patch.object(probes, "connections") as databases,
            mock.patch.object(probes, "caches") as caches,
        ):
            probes.close_this_threads_connections()
        databases.close_all.assert_called_once_with()
        caches.close_all.assert_called_once_with()
