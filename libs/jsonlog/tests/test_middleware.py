"""The request id through a request, and the access line."""

import asyncio
import logging
from typing import Any

from django.test import AsyncClient, Client, RequestFactory, SimpleTestCase, override_settings

from jsonlog import context
from jsonlog.middleware import RequestIdMiddleware

from .urls import download


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
    def access(self, path: str, client: Client | None = None, **headers: str) -> logging.LogRecord:
        with self.assertLogs("jsonlog.access") as logs:
            (client or self.client).get(path, headers=headers)
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
        self.assertIsNone(self.access("/stream/").bytes)

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
