"""Requests to other services, good ones and bad ones."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.test import SimpleTestCase

import jsonlog.context
from servicekit import http


class Peer(BaseHTTPRequestHandler):
    """A service that behaves as its path says."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(201, json.dumps({"got": json.loads(body), "headers": dict(self.headers)}).encode())

    def do_GET(self):
        getattr(self, self.path.strip("/").replace("-", "_"))()

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refusal(self):
        self.answer(404, b'{"code": "not_found"}')

    def elsewhere(self):
        self.answer(302, b"", Location="/refusal")

    def garbage(self):
        self.answer(200, b"<html>")

    def silence(self):
        self.server.released.wait()

    def trickle(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.server.released.wait(0.01):
            try:
                self.wfile.write(b" ")
            except OSError:
                return

    def half(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"{")
        self.close_connection = True

    def huge(self):
        self.send_response(200)
        self.send_header("Content-Length", str(http.MAX_BYTES + 1))
        self.end_headers()
        try:
            for _ in range(http.MAX_BYTES // 65536 + 1):
                self.wfile.write(b" " * 65536)
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        """Quiet."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that gives up is what half of these tests are about."""


class HttpTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Server(("127.0.0.1", 0), Peer)
        cls.server.released = threading.Event()
        cls.url = f"http://127.0.0.1:{cls.server.server_port}"
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.released.set()
        cls.server.shutdown()
        cls.server.server_close()
        super().tearDownClass()

    def test_json_there_and_back_with_the_request_id(self):
        with jsonlog.context.bind(request_id="abc-1"):
            answer = http.request("POST", f"{self.url}/", json={"a": 1}, headers={"Authorization": "Bearer x"})
        self.assertEqual((answer.status, answer.json()["got"]), (201, {"a": 1}))
        sent = answer.json()["headers"]
        self.assertEqual(sent["X-Request-ID"], "abc-1")
        self.assertEqual(sent["Authorization"], "Bearer x")
        self.assertEqual(sent["Content-Type"], "application/json")

    def test_an_error_status_is_an_answer(self):
        answer = http.request("GET", f"{self.url}/refusal")
        self.assertEqual((answer.status, answer.json()["code"]), (404, "not_found"))

    def test_a_redirect_is_not_followed(self):
        self.assertEqual(http.request("GET", f"{self.url}/elsewhere").status, 302)

    def test_what_is_no_json(self):
        with self.assertRaises(http.InvalidAnswer):
            http.request("GET", f"{self.url}/garbage").json()

    def test_peers_that_give_no_complete_answer(self):
        for path in ("silence", "trickle", "half", "huge"):
            with self.subTest(path), self.assertRaises(http.Unreachable):
                http.request("GET", f"{self.url}/{path}", timeout=5 if path == "huge" else 0.3)

    def test_nobody_there(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            with self.assertRaises(http.Unreachable):
                http.request("GET", f"http://127.0.0.1:{closed.getsockname()[1]}/")
        with self.assertRaises(http.Unreachable):
            http.request("GET", "http://auth-service.invalid/")
