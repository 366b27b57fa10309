"""Readiness off before the server stops, so that the load balancer sends nothing more."""

import os
import signal
from types import FrameType

_draining = False


def drain() -> None:
    """From now on `/readyz` and `/health/` answer 503, `/livez` still 200. Safe in a signal handler."""
    global _draining
    _draining = True


def is_draining() -> bool:
    """Whether `drain` has been called in this process."""
    return _draining


def drain_on_sigterm(*, delay: float = 0.0) -> None:
    """On SIGTERM: `drain`, and `delay` seconds later whatever SIGTERM did before. A second SIGTERM does not wait.

    Call it in the main thread once the server has set its own handlers; under gunicorn in `post_worker_init`, for it
    resets all handlers in every new worker. `delay` uses SIGALRM and must leave room in the server's graceful timeout.
    """
    previous = signal.getsignal(signal.SIGTERM)
    waiting = False

    def stop(signum: int, frame: FrameType | None) -> None:
        if callable(previous):
            previous(signal.SIGTERM, frame)
        elif previous == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)

    def handle(signum: int, frame: FrameType | None) -> None:
        nonlocal waiting
        drain()
        if delay <= 0 or waiting:
            stop(signum, frame)
            return
        waiting = True
        # A timer of the system, not a thread: the interrupted code may hold the locks that a new thread needs.
        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, delay)

    signal.signal(signal.SIGTERM, handle)
    signal.siginterrupt(signal.SIGTERM, False)
