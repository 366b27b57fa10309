"""The request id through a request, and the access line."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import AsyncClient, Client, RequestFactory, SimpleTestCase, override_settings

from jsonlog import context, trace
from jsonlog.middleware import RequestIdMiddleware

from .capture import Captured
from .urls import download

INCOMING = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@contextlib.contextmanager
def captured(name: str) -> Iterator[Captured]:
    """The lines of a logger as our formatter writes them."""
    log, logger = Captured(), logging.getLogger(name)
    level = logger.level
    logger.addHandler(log.logger.handlers[0])
    logger.setLevel(logging.INFO)
    try:
        yield log
    finally:
        logger.removeHandler(log.logger.handlers[0])
        logger.setLevel(level)


class TraceTests(SimpleTestCase):
    def test_the_trace_goes_on_with_a_span_of_our_own(self) -> None:
        response = self.client.get("/outgoing/", headers={"traceparent": INCOMING, "X-Request-ID": "abc-1"})
        sent = response.json()
        self.assertEqual("abc-1", sent["X-Request-ID"])
        self.assertEqual(response["traceparent"], sent["traceparent"])
        before, now = trace.parse(INCOMING), trace.parse(sent["traceparent"])
        self.assertEqual((before.trace_id, True), (now.trace_id, now.sampled))
        self.assertNotEqual(before.span_id, now.span_id)

    def test_without_one_a_new_trace_begins_that_nobody_records(self) -> None:
        for headers in ({}, {"traceparent": "00-1-2-3"}):
            now = trace.parse(self.client.get("/hello/bob/", headers=headers)["traceparent"])
            self.assertFalse(now.sampled)
        self.assertIsNone(context.traceparent())


class RequestIdTests(SimpleTestCase):
    def test_a_valid_id_is_taken_over_bound_and_answered(self) -> None:
        response = self.client.get("/hello/bob/", headers={"X-Request-ID": "abc-1"})
        self.assertEqual("abc-1", response["X-Request-ID"])
        self.assertEqual(b"abc-1 abc-1", response.content)
        self.assertIsNone(context.request_id())

    def test_a_missing_or_invalid_id_is_replaced(self) -> None:
        for headers in ({}, {"X-Request-ID": ""}, {"X-Request-ID": "a b"}, {"X-Request-ID": "x" * 129}):
            given = self.client.get("/hello/bob/", headers=headers)["X-Request-ID"]
            self.assertTrue(context.valid_request_id(given))
            self.assertNotIn(given, headers.values())

    def test_errors_carry_it(self) -> None:
        client = Client(raise_request_exception=False)
        for path, status in (("/broken/", 500), ("/nowhere/", 404)):
            response = client.get(path, headers={"X-Request-ID": "abc-1"})
            self.assertEqual((status, "abc-1"), (response.status_code, response["X-Request-ID"]))

    def test_what_is_logged_about_an_error_carries_it(self) -> None:
        seen: list[str | None] = []
        logger = logging.getLogger("django.request")
        logger.addFilter(lambda record: not seen.append(context.request_id()))
        self.addCleanup(logger.filters.clear)
        with self.assertLogs(logger):
            Client(raise_request_exception=False).get("/broken/", headers={"X-Request-ID": "abc-1"})
        self.assertEqual(["abc-1"], seen)

    def test_streamed_bodies_are_made_with_it(self) -> None:
        response = self.client.get("/stream/", headers={"X-Request-ID": "abc-1"})
        self.assertEqual(b"abc-1\nabc-1\n", b"".join(response.streaming_content))

    def test_the_length_of_a_stream_that_says_it_is_not_counted(self) -> None:
        with captured("jsonlog.access") as log:
            response = self.client.get("/stream/?length=66", headers={"X-Request-ID": "abc-1"})
            b"".join(response.streaming_content)
        self.assertEqual(66, log.line()["bytes"])

    def test_a_file_keeps_the_servers_fast_path(self) -> None:
        response = RequestIdMiddleware(download)(RequestFactory().get("/download/"))
        self.assertIsNotNone(response.file_to_stream)
        response.close()

    def test_async(self) -> None:
        async def ask() -> tuple[Any, bytes]:
            client = AsyncClient()
            plain = await client.get("/hello/bob/", headers={"X-Request-ID": "abc-2"})
            streamed = await client.get("/stream-async/", headers={"X-Request-ID": "abc-2"})
            return plain, b"".join([chunk async for chunk in streamed.streaming_content])

        with self.assertLogs("jsonlog.access") as logs:
            plain, streamed = asyncio.run(ask())
        self.assertEqual((b"abc-2 abc-2", "abc-2"), (plain.content, plain["X-Request-ID"]))
        self.assertEqual(b"abc-2\nabc-2\n", streamed)
        self.assertEqual(2, len(logs.records))


class AccessLineTests(SimpleTestCase):
    databases = {"default"}

    def access(self, path: str, client: Client | None = None, **headers: str) -> logging.LogRecord:
        with self.assertLogs("jsonlog.access") as logs:
            response = (client or self.client).get(path, headers=headers)
            if response.streaming:
                b"".join(response.streaming_content)
                response.close()
        (record,) = logs.records
        return record

    def test_one_line_per_request(self) -> None:
        record = self.access("/hello/bob/", **{"X-Request-ID": "abc-1"})
        self.assertEqual("GET /hello/<str:name>/ 200", record.getMessage())
        self.assertEqual(
            ("GET", "/hello/<str:name>/", 200, len(b"abc-1 abc-1")),
            (record.method, record.route, record.status, record.bytes),
        )
        self.assertGreaterEqual(record.duration_ms, 0)

    def test_the_signed_in_user_is_known_to_the_access_line(self) -> None:
        seen: list[str | None] = []
        logger = logging.getLogger("jsonlog.access")
        logger.addFilter(lambda record: not seen.append(context.user_id()))
        self.addCleanup(logger.filters.clear)
        self.access("/hello/bob/")
        self.assertEqual(["u1"], seen)

    def test_an_unknown_path_is_not_repeated(self) -> None:
        record = self.access("/reset/very-secret-link/")
        self.assertEqual("GET (no route) 404", record.getMessage())
        self.assertIsNone(record.route)

    def test_bytes_of_files_and_streams(self) -> None:
        self.assertGreater(self.access("/download/").bytes, 100)
        self.assertEqual(len(b"abc-1\nabc-1\n"), self.access("/stream/", **{"X-Request-ID": "abc-1"}).bytes)

    def test_a_stream_that_breaks_off_is_logged_with_its_ids(self) -> None:
        response = self.client.get("/stream-breaks/", headers={"X-Request-ID": "abc-9"})
        with captured("jsonlog") as log, self.assertRaises(RuntimeError):
            b"".join(response.streaming_content)  # the test client closes the response with it
        broken, access = log.lines()
        self.assertEqual(("the answer broke off", "abc-9"), (broken["message"], broken["request_id"]))
        self.assertEqual(("abc-9", 2), (access["request_id"], access["bytes"]))

    def test_an_async_stream_that_breaks_off(self) -> None:
        async def read() -> None:
            response = await AsyncClient().get("/stream-breaks-async/", headers={"X-Request-ID": "abc-9"})
            async for _ in response.streaming_content:
                pass

        with captured("jsonlog") as log, self.assertRaises(RuntimeError):
            asyncio.run(read())
        self.assertEqual("abc-9", log.lines()[0]["request_id"])

    def test_queries_are_counted(self) -> None:
        record = self.access("/queries/")
        self.assertEqual(2, record.queries)
        self.assertGreater(record.queries_ms, 0)
        self.assertEqual(0, self.access("/hello/bob/").queries)

    def test_a_connection_that_is_open_already_is_counted_on(self) -> None:
        connection.ensure_connection()
        connection.execute_wrappers.clear()
        self.assertEqual(2, self.access("/queries/", Client()).queries)

    def test_queries_outside_of_a_request_are_nobodys(self) -> None:
        self.access("/hello/bob/")

        def query() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            wrappers.append(len(connection.execute_wrappers))
            connection.close()

        wrappers: list[int] = []
        thread = threading.Thread(target=query)
        thread.start()
        thread.join()
        self.assertEqual([1], wrappers)

    def test_djangos_user_is_named_only_if_a_view_asked_for_it(self) -> None:
        with captured("jsonlog.access") as log:
            response = self.client.get("/django-user/")
        self.assertEqual("7", log.line()["user_id"])
        self.assertNotIn("Vary", response)

    @override_settings(JSONLOG={"PROBE_SAMPLE": 1.0, "PROBE_PATHS": ["/readyz"]})
    def test_successful_probes_may_be_sampled(self) -> None:
        self.assertEqual(200, self.access("/readyz").status)

    def test_mistakes_in_the_setting_end_the_start(self) -> None:
        for setting in ({"PROBE_SAMPEL": 1}, {"PROBE_SAMPLE": 2}):
            with override_settings(JSONLOG=setting), self.assertRaises(ImproperlyConfigured):
                self.client.get("/readyz")

    def test_successful_probes_are_dropped_and_failed_ones_kept(self) -> None:
        with self.assertNoLogs("jsonlog.access"):
            self.client.get("/readyz")
        self.assertEqual(503, self.access("/readyz?down").status)

    @override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True)
    def test_an_exception_that_passes_through_is_logged_as_500(self) -> None:
        with self.assertLogs("jsonlog.access") as logs, self.assertRaises(RuntimeError):
            self.client.get("/broken/")
        self.assertEqual((500, None), (logs.records[0].status, logs.records[0].bytes))
        with self.assertLogs("jsonlog.access") as logs, self.assertRaises(RuntimeError):
            asyncio.run(AsyncClient().get("/broken/"))
        self.assertEqual(500, logs.records[0].status)
