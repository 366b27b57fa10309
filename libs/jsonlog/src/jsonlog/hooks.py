"""What Python itself would print to stderr, as log lines: uncaught exceptions, warnings, errors in destructors."""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

logger = logging.getLogger("jsonlog.uncaught")
_replaced: list[Any] = []


def install() -> None:
    """Replaces `sys.excepthook`, `threading.excepthook` and `sys.unraisablehook` and captures warnings; idempotent."""
    if _replaced:
        return
    _replaced.append(sys.excepthook)
    sys.excepthook = log_uncaught
    threading.excepthook = log_in_thread
    sys.unraisablehook = log_unraisable
    logging.captureWarnings(True)


def log_uncaught(kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
    """An exception that ends the process. Ctrl-C is no news."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, tb)
        return
    logger.critical("uncaught exception", exc_info=(kind, error, tb))


def log_in_thread(arguments: threading.ExceptHookArgs) -> None:
    """An exception that ends a thread."""
    if arguments.exc_value is None or isinstance(arguments.exc_value, SystemExit):
        return
    name = arguments.thread.name if arguments.thread else "?"
    info = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
    logger.critical("uncaught exception in thread %s", name, exc_info=info)


def log_unraisable(arguments: Any) -> None:
    """An exception in a destructor or a callback, where nobody can catch it."""
    error = arguments.exc_value
    info = None if error is None else (arguments.exc_type, error, arguments.exc_traceback)
    logger.error("%s", arguments.err_msg or "exception ignored", exc_info=info)
