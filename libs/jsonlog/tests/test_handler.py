"""The handler and the hooks, in processes of their own: whole lines whatever interrupts, forks or ends."""

import io
import json
import logging
import os
import select
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.test import SimpleTestCase

from jsonlog import JsonFormatter, LineHandler, hooks

BEGIN = """
import logging, logging.config, os, signal, sys, threading, warnings, jsonlog
logging.config.dictConfig(jsonlog.logging_config(service="s"))
log = logging.getLogger("x")
"""


def run(script: str, *, status: int = 0) -> list[dict[str, Any]]:
    """Every line that a process with this script writes to stderr, all of which must be JSON."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", BEGIN + script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == status, done
    return [json.loads(line) for line in done.stderr.splitlines()]


class ProcessTests(SimpleTestCase):
    def test_from_a_signal_handler_that_interrupts_logging(self) -> None:
        lines = run("""
signal.signal(signal.SIGALRM, lambda *a: log.info("from the handler"))
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for n in range(5000):
    log.info("line", extra={"n": n, "filler": "x" * 500})
signal.setitimer(signal.ITIMER_REAL, 0)
""")
        self.assertEqual(list(range(5000)), [line["n"] for line in lines if line["message"] == "line"])
        self.assertTrue(any(line["message"] == "from the handler" for line in lines))

    def test_after_a_fork_while_threads_log(self) -> None:
        lines = run("""
stop = threading.Event()
def work():
    while not stop.is_set():
        log.info("parent", extra={"filler": "x" * 2000})
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for n in range(20):
    pid = os.fork()
    if pid == 0:
        log.info("child", extra={"n": n})
        os._exit(0)
    os.waitpid(pid, 0)
stop.set()
for thread in threads: thread.join()
""")
        self.assertEqual(list(range(20)), [line["n"] for line in lines if line["message"] == "child"])
        self.assertGreater(len({line["process"] for line in lines}), 20)

    def test_from_a_dying_interpreter(self) -> None:
        lines = run("""
import atexit
class Last:
    def __del__(self, log=log): log.info("destructor")
last = Last()
another = Last()
atexit.register(lambda: log.info("atexit"))
""")
        self.assertEqual(["atexit", "destructor", "destructor"], [line["message"] for line in lines])

    def test_at_the_end_of_the_stack(self) -> None:
        lines = run("""
def down():
    log.info("going down")
    down()
try: down()
except RecursionError: log.info("back")
""")
        self.assertEqual("back", lines[-1]["message"])

    def test_uncaught_exceptions_threads_warnings_and_destructors(self) -> None:
        lines = run(
            """
class Bad:
    def __del__(self): raise ValueError("in a destructor")
def work(): raise KeyError("in a thread")
Bad()
thread = threading.Thread(target=work, name="t1"); thread.start(); thread.join()
warnings.warn("careful")
raise RuntimeError("the end, token=hunter2")
""",
            status=1,
        )
        unraisable, thread, warning, end = lines
        self.assertIn("in a destructor", unraisable["exception"])
        self.assertEqual("uncaught exception in thread t1", thread["message"])
        self.assertIn("careful", warning["message"])
        self.assertIn("RuntimeError: the end, token=[redacted]", end["exception"])

    def test_a_reader_that_is_gone_stops_nothing(self) -> None:
        script = BEGIN + "for n in range(100): log.info('x')\nprint('done')"
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=write, check=False)  # noqa: S603
        os.close(write)
        self.assertEqual(b"done\n", done.stdout)

    def test_without_stderr(self) -> None:
        script = BEGIN + "log.info('x')\nprint('done')"
        done = subprocess.run(  # noqa: S602 - our own text
            f'exec "{sys.executable}" -c "$SCRIPT" 2>&-',
            shell=True,
            env={**os.environ, "SCRIPT": script},
            capture_output=True,
            check=False,
        )
        self.assertEqual(b"done\n", done.stdout)


class HandlerTests(SimpleTestCase):
    def handler(self, stream: Any) -> LineHandler:
        handler = LineHandler(stream, uncaught=False)
        handler.setFormatter(JsonFormatter())
        return handler

    def test_a_stream_without_a_descriptor(self) -> None:
        stream = io.StringIO()
        self.handler(stream).handle(logging.makeLogRecord({"msg": "x"}))
        self.assertEqual("x", json.loads(stream.getvalue())["message"])

    def test_a_line_that_interrupts_another_waits_for_it(self) -> None:
        written: list[str] = []
        handler = self.handler(SimpleNamespace(flush=lambda: None))

        def write(line: str) -> None:
            if not written:
                handler.emit(logging.makeLogRecord({"msg": "second"}))
                self.assertEqual([], written)
            written.append(json.loads(line)["message"])

        handler.stream.write = write
        handler.emit(logging.makeLogRecord({"msg": "first"}))
        self.assertEqual(["first", "second"], written)

    def test_a_formatter_that_raises(self) -> None:
        stream = io.StringIO()
        handler = LineHandler(stream, uncaught=False)
        with mock.patch.object(handler, "format", side_effect=RecursionError):
            handler.emit(logging.makeLogRecord({}))
        self.assertEqual("a record could not be formatted", json.loads(stream.getvalue())["message"])

    def test_a_child_forgets_what_its_parent_was_writing(self) -> None:
        handler = self.handler(io.StringIO())
        handler._waiting.append("theirs")
        handler._is_writing = True
        from jsonlog.handler import _after_fork

        _after_fork()
        self.assertEqual((0, False), (len(handler._waiting), handler._is_writing))

    def test_a_full_pipe_that_is_not_read_is_waited_for_and_then_given_up(self) -> None:
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        os.set_blocking(write, False)
        with open(write, "w") as stream, mock.patch("jsonlog.handler._PATIENCE_SECONDS", 0.01):  # noqa: PTH123
            handler = self.handler(stream)
            for _ in range(20):
                handler.handle(logging.makeLogRecord({"msg": "x" * 30_000}))

    def test_a_full_pipe_that_is_read_after_all(self) -> None:
        read, write = os.pipe()
        os.set_blocking(write, False)
        received: list[bytes] = []

        def take() -> None:
            with open(read, "rb") as stream:  # noqa: PTH123
                received.extend(stream)

        with open(write, "w") as stream, mock.patch("jsonlog.handler._PATIENCE_SECONDS", 60):  # noqa: PTH123
            handler = self.handler(stream)
            while os.write(write, b" " * 4096) == 4096 and select.select([], [write], [], 0)[1]:
                pass
            thread = threading.Thread(target=take)
            thread.start()
            for _ in range(50):
                handler.handle(logging.makeLogRecord({"msg": "x" * 30_000}))
        thread.join()
        self.assertEqual(50, len([json.loads(line) for line in received]))


class HookTests(SimpleTestCase):
    def test_installed_once(self) -> None:
        with (
            mock.patch.object(hooks, "_replaced", []),
            mock.patch.multiple(hooks, logging=mock.DEFAULT, sys=mock.DEFAULT, threading=mock.DEFAULT) as fakes,
        ):
            hooks.install()
            hooks.install()
        fakes["logging"].captureWarnings.assert_called_once_with(True)

    def test_ctrl_c_is_left_alone(self) -> None:
        with mock.patch.object(sys, "__excepthook__") as hook, self.assertNoLogs("jsonlog.uncaught"):
            hooks.log_uncaught(KeyboardInterrupt, KeyboardInterrupt(), None)
        hook.assert_called_once()

    def test_what_ends_a_thread(self) -> None:
        with self.assertNoLogs("jsonlog.uncaught"):
            hooks.log_in_thread(SimpleNamespace(exc_value=None))  # type: ignore[arg-type]
            hooks.log_in_thread(SimpleNamespace(exc_value=SystemExit()))  # type: ignore[arg-type]
        with self.assertLogs("jsonlog.uncaught") as logs:
            ended = SimpleNamespace(exc_type=ValueError, exc_value=ValueError(), exc_traceback=None, thread=None)
            hooks.log_in_thread(ended)  # type: ignore[arg-type]
        self.assertEqual("uncaught exception in thread ?", logs.records[0].getMessage())

    def test_errors_that_nobody_can_catch(self) -> None:
        with self.assertLogs("jsonlog.uncaught") as logs:
            hooks.log_unraisable(SimpleNamespace(exc_type=None, exc_value=None, exc_traceback=None, err_msg="odd"))
            hooks.log_uncaught(ValueError, ValueError("x"), None)
        self.assertEqual(["odd", "uncaught exception"], [record.getMessage() for record in logs.records])
