"""Sentry and OpenTelemetry, started by variables, in processes that send to a server of ours."""

import gzip
import json
import os
import subprocess
import sys
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from types import SimpleNamespace
from unittest import SkipTest, mock

from django.test import SimpleTestCase

from jsonlog import context, telemetry


class Receiver:
    """Takes whatever is posted, as Sentry's and OpenTelemetry's servers do."""

    def __init__(self) -> None:
        self.bodies: dict[str, list[bytes]] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                elif self.headers.get("Content-Encoding") == "deflate":
                    body = zlib.decompress(body)
                receiver.bodies.setdefault(self.path, []).append(body)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


SCRIPT = """
import logging, jsonlog.telemetry
from jsonlog import context
print(jsonlog.telemetry.start(service="shop", version="1.4", environment="production"))
def work():
    password = "hunter2-local"
    raise ValueError("token=hunter2-message")
{then}
"""


class SentToAServerTests(SimpleTestCase):
    def setUp(self) -> None:
        for name in ("sentry_sdk", "opentelemetry"):
            if find_spec(name) is None:
                raise SkipTest("needs tts-jsonlog[sentry,otel]")
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def run_with(self, then: str, **variables: str) -> str:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "SENTRY_"))}
        done = subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", SCRIPT.format(then=then)],
            env={**kept, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout.strip()

    def test_an_error_reaches_sentry_with_its_request_id_and_without_secrets(self) -> None:
        started = self.run_with(
            "with context.bind(request_id='r-1'):\n try: work()\n except ValueError: logging.exception('failed')\n"
            "import sentry_sdk; sentry_sdk.flush(10)",
            SENTRY_DSN=f"http://key@{self.receiver.address}/7",
        )
        self.assertEqual("['sentry']", started)
        (path,) = self.receiver.bodies
        text = b"".join(self.receiver.bodies[path]).decode()
        event = next(item for line in text.splitlines() if "exception" in (item := json.loads(line)))
        self.assertEqual(
            ("shop@1.4", "production", "r-1"), (event["release"], event["environment"], event["tags"]["request_id"])
        )
        self.assertNotIn("hunter2", text)
        self.assertIn("token=[redacted]", text)

    def test_a_span_reaches_opentelemetrys_collector_and_its_ids_our_lines(self) -> None:
        started = self.run_with(
            "from opentelemetry import trace\n"
            "with trace.get_tracer('t').start_as_current_span('closing a ticket') as span:\n"
            " assert context.trace().trace_id == format(span.get_span_context().trace_id, '032x')\n"
            "trace.get_tracer_provider().force_flush()",
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{self.receiver.address}",
            OTEL_RESOURCE_ATTRIBUTES="deployment.environment.name=of-the-operator",
        )
        self.assertEqual("['opentelemetry']", started)
        sent = b"".join(self.receiver.bodies["/v1/traces"])
        for text in (b"closing a ticket", b"shop", b"of-the-operator"):
            self.assertIn(text, sent)

    def test_nothing_is_even_imported_without_a_variable(self) -> None:
        then = "import sys; print({'sentry_sdk', 'opentelemetry'} & set(sys.modules))"
        self.assertEqual("[]\nset()", self.run_with(then))
        disabled = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}
        self.assertEqual("[]\nset()", self.run_with(then, **disabled))


class StartingTests(SimpleTestCase):
    def test_a_missing_package_is_named_with_the_remedy(self) -> None:
        for variable, extra in (("SENTRY_DSN", "sentry"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "otel")):
            with (
                mock.patch.object(telemetry.importlib, "import_module", side_effect=ImportError(name="missing")),
                self.assertRaisesMessage(
                    telemetry.TelemetryMissing, f"missing is not installed: install tts-jsonlog[{extra}]"
                ),
            ):
                telemetry.start(service="s", variables={variable: "http://k@h/1"})

    def test_what_each_is_told(self) -> None:
        modules: dict[str, mock.MagicMock] = {}

        def load(name: str) -> mock.MagicMock:
            if name.endswith("celery"):
                raise ImportError
            return modules.setdefault(name, mock.MagicMock())

        with mock.patch.object(telemetry.importlib, "import_module", side_effect=load):
            variables = {"SENTRY_DSN": "http://k@h/1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://h"}
            self.assertEqual(["sentry", "opentelemetry"], telemetry.start(service="s", variables=variables))
        told = modules["sentry_sdk"].init.call_args.kwargs
        self.assertEqual(
            (False, False, None), (told["send_default_pii"], told["include_local_variables"], told["release"])
        )
        modules["opentelemetry.trace"].set_tracer_provider.assert_called_once()
        modules[
            "opentelemetry.instrumentation.django"
        ].DjangoInstrumentor.return_value.instrument.assert_called_once_with()

    def test_events_are_redacted(self) -> None:
        event = {"event_id": "e", "extra": {"password": "hunter2"}, "request": {"headers": {"Cookie": "hunter2"}}}
        with context.bind(request_id="r"):
            sent = telemetry._without_secrets(event, SimpleNamespace())
        self.assertNotIn("hunter2", str(sent))
        self.assertEqual(({"request_id": "r"}, "e"), (sent["tags"], sent["event_id"]))
        self.assertEqual({"message": "x"}, telemetry._without_secrets({"message": "x"}, None))
