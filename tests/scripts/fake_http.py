"""A small HTTP server for the tests of scripts that call one: answers by a function, remembers what was asked."""

import contextlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """`path` includes the query; `body` is the parsed JSON, or None."""

    method: str
    path: str
    body: Any
    headers: dict[str, str]


# Status and JSON body; no body for None, and the connection is cut for status 0.
Answer = tuple[int, Any]


@dataclass
class FakeHttp:
    url: str
    requests: list[Request] = field(default_factory=list)

    def sent(self, method: str) -> list[Request]:
        return [request for request in self.requests if request.method == method]


@contextlib.contextmanager
def fake_http(answer: Callable[[Request], Answer]) -> Iterator[FakeHttp]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def respond(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, json.loads(raw) if raw else None, dict(self.headers))
            fake.requests.append(request)
            status, body = answer(request)
            if status == 0:
                self.close_connection = True
                return
            text = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815 - http.server looks for these

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = FakeHttp(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
