"""A handler that writes each line with one system call: whole lines, also from a signal handler and after a fork."""

import logging
import os
import select
import weakref
from collections import deque
from typing import Any

from jsonlog import hooks

_PATIENCE_SECONDS = 5.0
_handlers: "weakref.WeakSet[LineHandler]" = weakref.WeakSet()


class LineHandler(logging.StreamHandler[Any]):
    """Writes to the stream's file descriptor, past its buffer; to a stream without one it writes as usual.

    A buffered stream refuses to be written to by a signal handler that interrupted a write, and the record is lost.
    Here such a line waits until the interrupted one is out. What cannot be written at all (a closed pipe, a reader that
    takes nothing for five seconds) is dropped: logging must not stop the work, and there is nowhere to complain.
    """

    def __init__(self, stream: Any = None, *, uncaught: bool = True) -> None:
        super().__init__(stream)
        self._waiting: deque[str] = deque()
        self._is_writing = False
        _handlers.add(self)
        if uncaught:
            hooks.install()

    def emit(self, record: logging.LogRecord) -> None:
        """Called with the handler's lock held; only a signal handler on the same thread can come in between."""
        try:
            self._waiting.append(self.format(record) + self.terminator)
        except Exception:  # at the end of the stack even the formatter's last resort may fail
            self._waiting.append(f'{{"level":"ERROR","message":"a record could not be formatted"}}{self.terminator}')
        if self._is_writing:
            return
        self._is_writing = True
        try:
            while self._waiting:
                self._write(self._waiting.popleft())
        except Exception:
            self._waiting.clear()
        finally:
            self._is_writing = False

    def after_fork(self) -> None:
        """In a child, whatever another thread of the parent was writing is the parent's business."""
        self._waiting.clear()
        self._is_writing = False

    def _write(self, line: str) -> None:
        try:
            descriptor = self.stream.fileno()
        except (AttributeError, OSError, ValueError):  # a StringIO, a test's capture
            self.stream.write(line)
            self.flush()
            return
        data = line.encode("utf-8", "backslashreplace")
        while data:
            try:
                data = data[os.write(descriptor, data) :]
            except BlockingIOError:
                if not select.select([], [descriptor], [], _PATIENCE_SECONDS)[1]:
                    raise


def _after_fork() -> None:
    for handler in list(_handlers):
        handler.after_fork()


os.register_at_fork(after_in_child=_after_fork)
