"""gunicorn takes the configuration, and refuses one that is not meant for serving."""

import os
import subprocess
import sys

from django.test import SimpleTestCase


class GunicornTests(SimpleTestCase):
    def run_gunicorn(self, **variables):
        command = [sys.executable, "-m", "gunicorn", "-c", "python:servicekit.gunicorn", "--print-config", "tests.wsgi"]
        environment = {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        return subprocess.run(command, env=environment | variables, capture_output=True, text=True)  # noqa: S603

    def test_the_configuration(self):
        variables = {"PORT": "8123", "BIND": "127.0.0.1", "WEB_THREADS": "3"}
        done = self.run_gunicorn(DJANGO_ENV="development", **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = {tuple(part.strip() for part in line.split("=", 1)) for line in done.stdout.splitlines() if "=" in line}
        for expected in (
            ("bind", "['127.0.0.1:8123']"),
            ("threads", "3"),
            ("workers", "1"),
            ("worker_class", "gthread"),
            ("timeout", "30"),
            ("control_socket_disable", "True"),
            ("accesslog", "None"),
        ):
            self.assertIn(expected, lines)

    def test_the_secrets_of_tests_do_not_serve(self):
        done = self.run_gunicorn(DJANGO_ENV="test")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("DJANGO_ENV is 'test'", done.stderr)

    def test_a_bad_value(self):
        done = self.run_gunicorn(DJANGO_ENV="development", WEB_THREADS="many")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("WEB_THREADS is 'many'", done.stderr)
