"""The configuration dictionaries."""

import logging
import logging.config
import subprocess
import sys
from unittest import mock

from django.test import SimpleTestCase

import jsonlog
from jsonlog.gunicorn import logconfig_dict

SCRIPT = """
import logging, logging.config, jsonlog{extra}
early = logging.getLogger("early")
logging.config.dictConfig({config})
early.info("hello", extra={{"name": "x"}})
logging.getLogger("gunicorn.error").info("booting")
logging.getLogger("gunicorn.access").info("GET /")
logging.getLogger("django.server").info("GET /")
"""


def run(config: str, extra: str = "") -> str:
    """stderr of a process that logs with this configuration."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", SCRIPT.format(config=config, extra=extra)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return done.stderr


class LoggingConfigTests(SimpleTestCase):
    def test_loggers_made_before_it_are_kept(self) -> None:
        early, booting, access = run('jsonlog.logging_config(service="s")').splitlines()
        self.assertIn('"message":"hello"', early)
        self.assertIn('"extra_name":"x"', early)
        self.assertIn('"message":"booting"', booting)
        self.assertIn('"logger":"gunicorn.access"', access)

    def test_gunicorn_logs_errors_once_and_no_access(self) -> None:
        lines = run('jsonlog.gunicorn.logconfig_dict("s")', ", jsonlog.gunicorn").splitlines()
        self.assertEqual(2, len(lines), lines)

    def test_pretty(self) -> None:
        self.assertIn(" INFO    early hello extra_name=x", run('jsonlog.logging_config(service="s", style="pretty")'))

    def test_auto_is_pretty_for_people_and_json_for_machines(self) -> None:
        for terminal, expected in ((True, "PrettyFormatter"), (False, "JsonFormatter")):
            with mock.patch("sys.stderr.isatty", return_value=terminal):
                made = jsonlog.logging_config(service="s", style="auto")["formatters"]["jsonlog"]["()"]
            self.assertTrue(made.endswith(expected))

    def test_secrets_of_the_settings_are_known_from_then_on(self) -> None:
        with mock.patch.object(jsonlog.redact, "_known", frozenset()):
            jsonlog.logging_config(service="s", secrets=["very-secret-value"])
            self.assertEqual("[redacted]", jsonlog.redact.redact_text("very-secret-value"))

    def test_the_level_is_checked_and_applied(self) -> None:
        self.assertEqual("DEBUG", jsonlog.logging_config(service="s", level="debug")["root"]["level"])
        self.assertEqual("DEBUG", logconfig_dict("s", level="debug")["loggers"]["gunicorn.error"]["level"])
        with self.assertRaisesMessage(ValueError, "LOUD"):
            jsonlog.logging_config(service="s", level="loud")
        with self.assertRaisesMessage(ValueError, "xml"):
            jsonlog.logging_config(service="s", style="xml")  # type: ignore[arg-type]

    def test_the_package_imports_neither_django_nor_celery(self) -> None:
        code = (
            "import sys, jsonlog, jsonlog.gunicorn; sys.exit(bool({'django', 'celery', 'gunicorn'} & set(sys.modules)))"
        )
        self.assertEqual(0, subprocess.run([sys.executable, "-c", code], check=False).returncode)  # noqa: S603

    def test_a_stream_that_fails_does_not_raise_into_the_caller(self) -> None:
        handler = logging.StreamHandler(mock.Mock(write=mock.Mock(side_effect=BrokenPipeError)))
        handler.setFormatter(jsonlog.JsonFormatter())
        logger = logging.Logger("x")
        logger.addHandler(handler)
        with mock.patch("sys.stderr"):
            logger.error("x")
