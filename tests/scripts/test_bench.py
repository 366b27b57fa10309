"""The statistics and the client of bench/."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import TestCase
from unittest.mock import patch

from suite.paths import ROOT

with patch.object(sys, "path", [str(ROOT / "bench"), *sys.path]):
    import figures
    import load


class FiguresTests(TestCase):
    def test_percentiles_are_values_that_occurred(self) -> None:
        values = [float(n) for n in range(1, 101)]
        self.assertEqual(
            [figures.percentile(values, share) for share in (0.0, 0.5, 0.95, 0.99, 1.0)], [1, 50, 95, 99, 100]
        )

    def test_the_interval_holds_the_median(self) -> None:
        middle, low, high = figures.median_interval([5.0, 1.0, 3.0, 2.0, 4.0, 9.0, 7.0, 8.0, 6.0])
        self.assertEqual((middle, low, high), (5.0, 2.0, 8.0))

    def test_few_values_give_all_of_their_range(self) -> None:
        self.assertEqual(figures.median_interval([2.0, 1.0]), (1.5, 1.0, 2.0))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 500 if b"break" in body else 201
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class LoadTests(TestCase):
    def setUp(self) -> None:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def test_every_connection_sees_its_own_last_answer(self) -> None:
        seen: list[tuple[int, int, bytes]] = []

        def make(number: int, sent: int, last: bytes) -> load.Request:
            seen.append((number, sent, last))
            return load.Request("POST", "/", json.dumps([number, sent]).encode())

        answers = load.send(self.port, make, count=7, connections=3)
        self.assertEqual((answers.statuses, len(answers.seconds)), ({201: 7}, 7))
        for number, sent, last in seen:
            self.assertEqual(last, json.dumps([number, sent - 1]).encode() if sent else b"")

    def test_an_error_is_kept_for_the_report(self) -> None:
        answers = load.send(self.port, lambda *_: load.Request("POST", "/", b"break"), count=2, connections=1)
        self.assertEqual((answers.statuses, answers.error), ({500: 2}, "break"))
