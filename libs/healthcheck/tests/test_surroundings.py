"""Disk, mail server, another service, broker: real sockets where there is something to answer."""

import os
import socket
from types import SimpleNamespace
from unittest import mock

from django.test import LiveServerTestCase, SimpleTestCase, override_settings
from kombu import Connection, Queue

from healthcheck import checks
from healthcheck.checks.queues import own_broker_connection


def file_system(*, free: int, inodes: int = 50, counted: int = 100) -> SimpleNamespace:
    return SimpleNamespace(f_bavail=free, f_blocks=100, f_favail=inodes, f_files=counted, f_frsize=2**20)


class DiskTests(SimpleTestCase):
    def status(self, found: SimpleNamespace) -> str:
        with mock.patch.object(os, "statvfs", return_value=found):
            return checks.disk().status

    def test_enough_low_and_full(self) -> None:
        self.assertEqual("pass", self.status(file_system(free=50)))
        self.assertEqual("warn", self.status(file_system(free=9)))
        self.assertEqual("fail", self.status(file_system(free=1)))

    def test_inodes_count_as_well_where_they_are_counted(self) -> None:
        self.assertEqual("fail", self.status(file_system(free=50, inodes=1)))
        self.assertEqual("pass", self.status(file_system(free=50, inodes=0, counted=0)))

    def test_the_real_one(self) -> None:
        self.assertGreaterEqual(checks.disk(path="/tmp").detail["free_bytes_percent"], 0)  # noqa: S108
        with self.assertRaises(FileNotFoundError):
            checks.disk(path="/nonexistent")


class MailTests(SimpleTestCase):
    def test_a_backend_that_opens(self) -> None:
        self.assertEqual("pass", checks.mail().status)

    def test_nobody_there(self) -> None:
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        with override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1), self.assertRaises(OSError):
            checks.mail()

    def test_a_server_that_never_greets_is_given_up(self) -> None:
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        with socket.create_server(("127.0.0.1", 0)) as frozen:
            where = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": frozen.getsockname()[1]}
            with override_settings(EMAIL_BACKEND=smtp, **where), self.assertRaises(OSError):
                checks.mail(seconds=0.1)


class ServiceTests(LiveServerTestCase):
    def test_well_refused_and_away(self) -> None:
        well = checks.service(url=f"{self.live_server_url}/livez")
        self.assertEqual(("pass", 200), (well.status, well.detail["http_status"]))
        refused = checks.service(url=f"{self.live_server_url}/nothing")
        self.assertEqual(("fail", "refused", 404), (refused.status, refused.code, refused.detail["http_status"]))
        away = checks.service(url="http://127.0.0.1:1/livez")
        self.assertEqual(("fail", "unreachable"), (away.status, away.code))


class BrokerTests(SimpleTestCase):
    url = "memory://"

    def test_what_waits_in_the_queues(self) -> None:
        with Connection(self.url) as connection:
            channel = connection.channel()
            Queue("jobs", channel=channel).declare()
            self.addCleanup(lambda: Queue("jobs", channel=Connection(self.url).channel()).purge())
            connection.Producer(channel).publish({"n": 1}, routing_key="jobs")
        result = checks.broker(url=self.url, queues=["jobs", "unheard-of"])
        self.assertEqual(("pass", 1), (result.status, result.detail["waiting_jobs"]))
        self.assertNotIn("waiting_unheard-of", result.detail)

    def test_the_apps_broker_is_the_usual_one(self) -> None:
        app = SimpleNamespace(conf=SimpleNamespace(broker_url=self.url))
        with mock.patch("healthcheck.checks.queues.celery_app", return_value=app):
            self.assertEqual("pass", checks.broker().status)

    def test_a_broker_that_accepts_and_never_answers_is_given_up(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as frozen:
            port = frozen.getsockname()[1]
            with self.assertRaises(OSError), own_broker_connection(f"amqp://127.0.0.1:{port}//"):
                self.fail("it cannot be connected")

    def test_nobody_there(self) -> None:
        with self.assertRaises(OSError), own_broker_connection("amqp://127.0.0.1:1//"):
            self.fail("it cannot be connected")
