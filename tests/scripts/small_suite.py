"""A copy of Scripts/ over a suite of one service that needs a second to start, to see how local.sh behaves."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
from suite.paths import SCRIPTS
from suite.polling import until
from suite.ports import any_free

TOPOLOGY = """
[services.auth-service]
folder = "one"
app = "users"
port = {port}
prefix = "/auth/"
database = "authservice"
seeds = ["seed_one"]
consumes_from = []
[services.auth-service.processes]
web = {{ command = "web" }}
worker = {{ command = "worker" }}
"""
ENTRYPOINT = """
case "$1" in
  setup | manage) echo "$@"; [ -z "${BREAK:-}" ] || { echo "ProgrammingError: relation is missing"; exit 3; } ;;
  *) exec python process.py "$1" ;;
esac
"""
# The web process has a child that ignores it, as a server with workers has; the worker reports as eventbus's does.
PROCESS = """
import http.server, os, pathlib, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
if sys.argv[1] == "web":
    if os.fork() == 0:
        time.sleep(600)
    http.server.ThreadingHTTPServer((os.environ["BIND"], int(os.environ["PORT"])), Handler).serve_forever()
pathlib.Path(os.environ["WORKER_HEARTBEAT_FILE"]).touch()
time.sleep(600)
"""
# As `Scripts/suite local ...`, but in the environment of the tests instead of one made for the copy.
COMMAND = """
import sys
sys.path.insert(0, "Scripts")
sys.prefix = sys.argv.pop(1)
from suite.__main__ import main
sys.exit(main())
"""


class SmallSuite:
    """The folder, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = any_free(2)
        shutil.copytree(SCRIPTS, folder / "Scripts", ignore=shutil.ignore_patterns("__pycache__", ".*"))
        (folder / "one").mkdir()
        (folder / "libs").mkdir()
        (folder / "topology.toml").write_text(TOPOLOGY.format(port=self.port))
        (folder / "one" / "entrypoint.sh").write_text(ENTRYPOINT)
        (folder / "one" / "process.py").write_text(PROCESS)
        self.out = folder / "out.txt"

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        """local.sh in the background; what it prints goes to `out`."""
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # under nohup it would never hear Ctrl-C
            signal.signal(signal.SIGINT, signal.default_int_handler)
        python = [sys.executable, "-B", "-c", COMMAND, str(self.folder / ".venv"), "local", *arguments]
        with self.out.open("wb") as out:
            return subprocess.Popen(
                python,
                cwd=self.folder,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def start_ready(self, *arguments: str) -> "subprocess.Popen[bytes]":
        process = self.start(*arguments)
        until(f"ready: {self.printed()}", lambda: "Ctrl-C stops" in self.printed() or process.poll() is not None)
        return process

    def run(self, *arguments: str, **environment: str) -> int:
        return self.start(*arguments, **environment).wait(60)

    def printed(self) -> str:
        return self.out.read_text(errors="replace") if self.out.exists() else ""

    def errors(self) -> list[str]:
        return [line for line in self.printed().splitlines() if line.startswith("error:")]

    def processes(self, *words: str) -> list[psutil.Process]:
        """The processes that belong to this suite, or those of them whose command line has the words."""
        return list(self._lines(*words))

    def left(self) -> list[str]:
        """Their command lines."""
        return list(self._lines().values())

    def _lines(self, *words: str) -> dict[psutil.Process, str]:
        found = {}
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                line = " ".join(process.cmdline())
                ours = str(self.folder) in line or str(self.folder) in process.cwd()
                if ours and process.status() != psutil.STATUS_ZOMBIE and all(word in line for word in words):
                    found[process] = line
        return found


@contextlib.contextmanager
def small_suite() -> Iterator[SmallSuite]:
    with tempfile.TemporaryDirectory(prefix="tts-small-") as folder:
        suite = SmallSuite(Path(folder))
        try:
            yield suite
        finally:
            for process in suite.processes():
                with contextlib.suppress(psutil.Error):
                    process.send_signal(signal.SIGKILL)
