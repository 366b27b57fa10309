"""A real HTTP server on a port of its own, that answers what it is told to."""

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

HANG = -1


class WebServer:
    """Run the server while the `with` block lasts; `script` holds the status of each answer in turn, 200 after that.

    `answer` is the body of every 200.
    """

    def __init__(self, *script: int, location: str = "", answer: bytes = b"") -> None:
        self.script = list(script)
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.released = threading.Event()
        self._came = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer._came:
                    outer.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
                    outer._came.notify_all()
                status = outer.script.pop(0) if outer.script else 200
                if status == HANG:
                    outer.released.wait(30)
                    return
                self.send_response(status)
                body = answer if status == 200 else b""
                self.send_header("Content-Length", str(len(body)))
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def wait_for(self, count: int, *, seconds: float) -> bool:
        """Wait until so many requests have come; whether they have."""
        with self._came:
            return self._came.wait_for(lambda: len(self.received) >= count, seconds)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/in?room=1"

    def __enter__(self) -> "WebServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()


class TricklingServer:
    """A server that begins to answer and never ends: a byte of its head every 50 ms."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self._over.wait(0.05):
                connection.sendall(b"a")

    def __enter__(self) -> "TricklingServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)
        self._listener.close()
