"""`python -m healthcheck` and the heartbeat file."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

from django.test import LiveServerTestCase, SimpleTestCase

from healthcheck import heartbeat
from healthcheck.__main__ import main


def probe(*arguments: str) -> tuple[int, str]:
    """Exit status and stderr."""
    with contextlib.redirect_stderr(io.StringIO()) as stderr:
        return main(list(arguments)), stderr.getvalue()


class UrlTests(LiveServerTestCase):
    def test_well_and_not_well(self) -> None:
        self.assertEqual((0, ""), probe(f"{self.live_server_url}/livez?x=1"))
        url = f"{self.live_server_url}"
        self.assertEqual((1, f"healthcheck: {url}: HTTP 404\n"), probe(url))

    def test_nobody_there(self) -> None:
        self.assertEqual(
            (1, "healthcheck: http://127.0.0.1:1/livez: ConnectionRefusedError\n"), probe("http://127.0.0.1:1/livez")
        )

    def test_not_a_url(self) -> None:
        for url in ("file:///etc/passwd", "http:///x", "livez"):
            self.assertEqual((1, f"healthcheck: {url}: not an http or https URL\n"), probe(url))

    def test_https(self) -> None:
        with mock.patch("http.client.HTTPSConnection") as connection:
            connection.return_value.getresponse.return_value.status = 200
            self.assertEqual((0, ""), probe("https://example.org/livez"))

    def test_as_a_command_without_django(self) -> None:
        code = "import runpy, sys; sys.argv = ['healthcheck', '--heartbeat', '/nonexistent']\n"
        code += "try: runpy.run_module('healthcheck', run_name='__main__')\n"
        code += "except SystemExit as end: sys.exit(end.code + 10 * ('django' in sys.modules))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
        self.assertEqual((1, "healthcheck: /nonexistent: no heartbeat\n"), (done.returncode, done.stderr))


class HeartbeatTests(SimpleTestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "beat"

    def test_no_beat_yet(self) -> None:
        self.assertIsNone(heartbeat.age(self.path))
        self.assertFalse(heartbeat.is_fresh(self.path, max_age=30))

    def test_fresh_and_old(self) -> None:
        heartbeat.touch(self.path)
        self.assertTrue(heartbeat.is_fresh(self.path, max_age=30))
        self.assertEqual((0, ""), probe("--heartbeat", str(self.path)))
        os.utime(self.path, (0, 0))
        self.assertFalse(heartbeat.is_fresh(self.path, max_age=30))
        status, text = probe("--heartbeat", str(self.path), "--max-age", "60")
        self.assertEqual(1, status)
        self.assertIn("last heartbeat", text)

    def test_a_clock_that_was_set_back(self) -> None:
        heartbeat.touch(self.path)
        os.utime(self.path, (2**33, 2**33))
        self.assertEqual(0.0, heartbeat.age(self.path))
