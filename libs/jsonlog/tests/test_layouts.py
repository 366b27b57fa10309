"""The layouts of Elastic and Google Cloud, and the published schema of our own."""

import json
import logging
import os
from pathlib import Path
from typing import Any
from unittest import mock

import jsonschema
from django.test import SimpleTestCase

import jsonlog
from jsonlog import EcsFormatter, GoogleCloudFormatter, context, trace

from .capture import Captured

SPAN = trace.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
ACCESS = {"method": "GET", "route": "/x/", "status": 200, "duration_ms": 1.5, "bytes": 12, "queries": 2}


def fail(log: Captured) -> dict[str, Any]:
    try:
        raise ValueError("password=hunter2")
    except ValueError:
        log.logger.exception("failed")
    return log.line()


class SchemaTests(SimpleTestCase):
    def test_every_line_of_our_own_layout_is_valid(self) -> None:
        path = Path(jsonlog.__file__).with_name("line.schema.json")
        validator = jsonschema.Draft202012Validator(json.loads(path.read_text()))
        log = Captured()
        with context.bind(request_id="r", task_id="t", user_id="u", trace=SPAN):
            log.logger.info("x", extra=ACCESS, stack_info=True)
            log.logger.error("y", exc_info=ValueError("z"))
        log.logger.info("outside", extra={"message": "m", "process": "p"})
        log.logger.handle(
            logging.makeLogRecord({"msg": "made elsewhere", "levelno": 20, "levelname": "INFO", "name": "theirs"})
        )
        for line in log.lines():
            validator.validate(line)


class EcsTests(SimpleTestCase):
    def log(self, name: str = "tickets") -> Captured:
        return Captured(EcsFormatter(service="tickets", version="1.4", environment="production"), name=name)

    def test_a_line(self) -> None:
        log = self.log()
        with context.bind(request_id="r", task_id="t", user_id="u", trace=SPAN):
            log.logger.warning("filed", extra={"number": 7, "password": "hunter2", "message": "m"})
        line = log.line()
        self.assertEqual(("warning", "filed", "8.11.0"), (line["log.level"], line["message"], line["ecs.version"]))
        self.assertEqual(
            ("tickets", "1.4", "production"), tuple(line[f"service.{k}"] for k in ("name", "version", "environment"))
        )
        self.assertEqual(
            (SPAN.trace_id, SPAN.span_id, "r", "u"),
            (line["trace.id"], line["span.id"], line["http.request.id"], line["user.id"]),
        )
        self.assertEqual({"number": 7, "password": "[redacted]", "extra_message": "m", "task_id": "t"}, line["labels"])
        self.assertEqual("test_a_line", line["log.origin"]["function"])

    def test_outside_of_a_request(self) -> None:
        log = self.log()
        log.logger.info("x")
        self.assertEqual([], [key for key in log.line() if key.startswith(("trace.", "labels", "error", "user"))])

    def test_an_exception(self) -> None:
        line = fail(self.log())
        self.assertEqual(("builtins.ValueError", "password=[redacted]"), (line["error.type"], line["error.message"]))
        self.assertIn("Traceback", line["error.stack_trace"])

    def test_a_stack_and_a_traceback_of_another_process(self) -> None:
        log = self.log()
        log.logger.info("x", stack_info=True)
        log.logger.handle(logging.makeLogRecord({"msg": "y", "levelno": 20, "exc_text": "Traceback of theirs"}))
        stack, theirs = log.lines()
        self.assertIn("Stack", stack["error.stack_trace"])
        self.assertEqual("Traceback of theirs", theirs["error.stack_trace"])

    def test_an_access_line(self) -> None:
        log = self.log("jsonlog.access")
        log.logger.info("GET /x/ 200", extra=ACCESS)
        line = log.line()
        self.assertEqual(
            ("GET", 200, 12, 1_500_000),
            (
                line["http.request.method"],
                line["http.response.status_code"],
                line["http.response.body.bytes"],
                line["event.duration"],
            ),
        )
        self.assertEqual({"route": "/x/", "queries": 2}, line["labels"])


class GoogleCloudTests(SimpleTestCase):
    def log(self, name: str = "tickets") -> Captured:
        return Captured(GoogleCloudFormatter(service="tickets", version="1.4", environment="production"), name=name)

    def test_a_line(self) -> None:
        log = self.log()
        with mock.patch.dict(os.environ, GOOGLE_CLOUD_PROJECT="shop"), context.bind(request_id="r", trace=SPAN):
            log.logger.warning("filed", extra={"number": 7, "severity": "x"})
        line = log.line()
        self.assertEqual(("WARNING", "filed", "r"), (line["severity"], line["message"], line["request_id"]))
        self.assertEqual(f"projects/shop/traces/{SPAN.trace_id}", line["logging.googleapis.com/trace"])
        self.assertIs(True, line["logging.googleapis.com/trace_sampled"])
        self.assertEqual((7, "x"), (line["number"], line["extra_severity"]))
        self.assertEqual({"service": "tickets", "version": "1.4"}, line["serviceContext"])

    def test_without_a_project_and_of_unknown_levels(self) -> None:
        log = self.log()
        with context.bind(trace=SPAN):
            log.logger.log(35, "x")
        log.logger.handle(logging.makeLogRecord({"msg": "y", "levelno": 5}))
        first, second = log.lines()
        self.assertEqual(("WARNING", SPAN.trace_id), (first["severity"], first["logging.googleapis.com/trace"]))
        self.assertEqual("DEFAULT", second["severity"])

    def test_an_exception_and_a_stack(self) -> None:
        log = self.log()
        log.logger.info("x", stack_info=True)
        self.assertIn("Stack", log.line()["stack_trace"])
        self.assertIn("password=[redacted]", fail(self.log())["stack_trace"])

    def test_an_access_line(self) -> None:
        log = self.log("jsonlog.access")
        log.logger.info("GET /x/ 200", extra=ACCESS)
        log.logger.info("GET /x/ 200", extra=ACCESS | {"bytes": None})
        line, unknown = log.lines()
        expected = {"requestMethod": "GET", "requestUrl": "/x/", "status": 200, "latency": "0.001500s"}
        self.assertEqual(expected | {"responseSize": "12"}, line["httpRequest"])
        self.assertEqual((expected, 2), (unknown["httpRequest"], line["queries"]))


class AwkwardTests(SimpleTestCase):
    def test_no_layout_loses_a_record(self) -> None:
        for kind, name in ((EcsFormatter, "message"), (GoogleCloudFormatter, "message")):
            log = Captured(kind())
            log.logger.info("%d", "x", extra={"a": float("nan"), "b": object, "c": "\ud800"})
            self.assertEqual("%d (x)", log.line()[name])
