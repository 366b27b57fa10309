"""One line of valid JSON per record: the ordinary ones."""

import logging
import re
import threading

from django.test import SimpleTestCase

from jsonlog import context, trace

from .capture import Captured


class FieldTests(SimpleTestCase):
    def test_every_line_has_the_fields(self) -> None:
        log = Captured()
        span = trace.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        with context.bind(request_id="r1", task_id="t1", user_id="u1", trace=span):
            log.logger.info("filed %s", "TTS-1", extra={"number": "TTS-1"})
        line = log.line()
        self.assertRegex(line.pop("timestamp"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertIsInstance(line.pop("process"), int)
        self.assertEqual(
            {
                "level": "INFO",
                "message": "filed TTS-1",
                "logger": "tests.captured",
                "module": "test_formatter",
                "service": "tests",
                "version": "1",
                "environment": "test",
                "thread": threading.current_thread().name,
                "request_id": "r1",
                "task_id": "t1",
                "user_id": "u1",
                "trace_id": "0af7651916cd43dd8448eb211c80319c",
                "span_id": "b7ad6b7169203331",
                "number": "TTS-1",
            },
            line,
        )

    def test_ids_are_null_outside_of_a_request(self) -> None:
        log = Captured()
        log.logger.info("x")
        self.assertIsNone(log.line()["request_id"])

    def test_values_keep_their_types(self) -> None:
        log = Captured()
        log.logger.info("x", extra={"n": 3, "f": 1.5, "ok": True, "none": None, "list": [1, "a"], "map": {"k": {2}}})
        line = log.line()
        self.assertEqual(
            (3, 1.5, True, None, [1, "a"], {"k": [2]}), tuple(line[k] for k in ("n", "f", "ok", "none", "list", "map"))
        )

    def test_a_message_of_many_lines_is_one_line(self) -> None:
        log = Captured()
        log.logger.info("a\nb\u2028c\r\n")
        self.assertEqual(1, log.raw().count("\n"))
        self.assertEqual("a\nb\u2028c\r\n", log.line()["message"])


class ExceptionTests(SimpleTestCase):
    def test_the_traceback_is_a_field(self) -> None:
        log = Captured()
        try:
            raise ValueError("no") from KeyError("cause")
        except ValueError:
            log.logger.exception("failed")
        exception = log.line()["exception"]
        self.assertTrue(exception.startswith("KeyError: 'cause'"), exception)
        self.assertTrue(exception.endswith("ValueError: no"), exception)
        self.assertIn("test_formatter.py", exception)

    def test_secrets_in_a_traceback_are_redacted(self) -> None:
        log = Captured()
        try:
            raise ConnectionError("cannot reach postgres://app:hunter2@db/x")
        except ConnectionError:
            log.logger.exception("failed")
        self.assertNotIn("hunter2", log.raw())

    def test_leftovers_in_exc_info_are_no_exception(self) -> None:
        log = Captured()
        for leftover in (0, True, (None, None, None), None):
            record = logging.makeLogRecord({"msg": "x", "levelno": 20, "exc_info": leftover})
            log.logger.handle(record)
        self.assertTrue(all("exception" not in line for line in log.lines()))
        self.assertEqual(4, len(log.lines()))

    def test_text_rendered_by_another_formatter_is_kept(self) -> None:
        log = Captured()
        log.logger.handle(logging.makeLogRecord({"msg": "x", "levelno": 20, "exc_text": "Traceback: gone"}))
        self.assertEqual("Traceback: gone", log.line()["exception"])

    def test_stack_info(self) -> None:
        log = Captured()
        log.logger.info("x", stack_info=True)
        self.assertTrue(re.match(r"Stack \(most recent call last\)", log.line()["stack"]))
