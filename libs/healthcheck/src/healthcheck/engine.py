"""Runs checks so that a hung one costs an answer at most its deadline, and the process at most one thread."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from healthcheck.definition import Definition, Result, Status

logger = logging.getLogger("healthcheck")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is known of one check now: `age` in seconds since it was found, None if there is no result; `duration` of
    the last run that ended."""

    name: str
    status: Status
    critical: bool
    age: float | None = None
    duration: float | None = None
    code: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


class Engine:
    """Runs each check on a daemon thread of its own: one run at a time, never joined, its result shared by all.

    `deadline`: seconds after which `outcomes` answers with what is known. `cleanup` is called in a check's thread
    after every run, to close what the check has opened there.
    """

    def __init__(
        self,
        definitions: Iterable[Definition],
        *,
        deadline: float = 0.8,
        cleanup: Callable[[], None] = lambda: None,
    ) -> None:
        self._deadline = deadline
        self._runners = [_Runner(definition, deadline, cleanup) for definition in definitions]

    def outcomes(self) -> list[Outcome]:
        """One outcome per check, in order, within the deadline. All checks that are due run side by side."""
        until = time.monotonic() + self._deadline
        for waiting in [runner.start_if_due() for runner in self._runners]:
            if waiting is not None:
                done, timeout_at = waiting
                done.wait(max(0.0, min(until, timeout_at) - time.monotonic()))
        return self.known()

    def known(self) -> list[Outcome]:
        """One outcome per check, in order, from what was found before: starts no run and waits for none."""
        return [runner.outcome() for runner in self._runners]


def overall(outcomes: Iterable[Outcome]) -> Status:
    """`fail` if a critical check failed, `warn` if anything else is not well, else `pass`."""
    status: Status = "pass"
    for outcome in outcomes:
        if outcome.status == "fail" and outcome.critical:
            return "fail"
        if outcome.status != "pass":
            status = "warn"
    return status


class _Runner:
    """The runs of one check. Its fields are changed under the lock only."""

    def __init__(self, definition: Definition, deadline: float, cleanup: Callable[[], None]) -> None:
        self._terms = definition
        self._in_background = definition.timeout > deadline
        self._cleanup = cleanup
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._running_since: float | None = None
        self._stuck_is_logged = False
        self._result: Result | None = None
        self._found_at = 0.0
        self._duration: float | None = None

    def start_if_due(self) -> tuple[threading.Event, float] | None:
        """Starts a run unless one is under way or the last result is fresh.

        What to wait for, and until when on the monotonic clock; None where there is nothing to wait for.
        """
        with self._lock:
            if self._running_since is None:
                if self._is_younger_than(self._terms.ttl):
                    return None
                self._start()
            if self._in_background and self._is_younger_than(self._terms.max_age):
                return None
            since = self._running_since
            return None if since is None else (self._done, since + self._terms.timeout)

    def outcome(self) -> Outcome:
        """The last result while it may be given, else a failure: `timeout` or, past the check's own time, `stuck`."""
        with self._lock:
            now = time.monotonic()
            age = None if self._result is None else now - self._found_at
            running = None if self._running_since is None else now - self._running_since
            if running is not None and running >= self._terms.timeout:
                self._log_stuck(running)
                return self._failure("stuck", age, {"running_seconds": round(running, 1)})
            if self._result is None or not self._is_younger_than(self._usable_for()):
                return self._failure("timeout", age, {})
            return self._known(self._result, age)

    def _usable_for(self) -> float:
        # A check that answers within the deadline is waited for; falling back on an old result would hide its failure.
        return self._terms.max_age if self._in_background or self._running_since is None else self._terms.ttl

    def _start(self) -> None:
        self._running_since = time.monotonic()
        self._stuck_is_logged = False
        self._done = threading.Event()
        thread = threading.Thread(
            target=self._run, args=(self._done,), name=f"healthcheck-{self._terms.name}", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # the system gives no more threads
            self._running_since = None
            self._keep(Result(status="fail", code="no_thread"))

    def _run(self, done: threading.Event) -> None:
        result = Result(status="fail", code="ended")
        try:
            result = self._ask()
        finally:
            with self._lock:
                self._keep(result)
                self._running_since = None
            done.set()
            self._clean_up()

    def _clean_up(self) -> None:
        try:
            self._cleanup()
        except Exception:  # what could not be closed ends with the thread
            logger.warning("cleaning up after check %s failed", self._terms.name, exc_info=True)

    def _ask(self) -> Result:
        try:
            result: object = self._terms.run()
        except Exception as error:  # a check may raise anything; that is an answer too
            if self._result is None or self._result.status != "fail":
                logger.warning("check %s raised", self._terms.name, exc_info=True)
            return Result(status="fail", code="raised", detail={"error": type(error).__name__})
        if isinstance(result, Result):
            return result
        logger.error("check %s answered with %s, not Result", self._terms.name, type(result).__name__)
        return Result(status="fail", code="no_result")

    def _keep(self, result: Result) -> None:
        if self._result is None or self._result.status != result.status:
            level = logging.INFO if result.status == "pass" else logging.WARNING
            extra = {"check": self._terms.name, "status": result.status, "code": result.code}
            logger.log(level, "check %s: %s", self._terms.name, result.status, extra=extra)
        self._result = result
        self._found_at = time.monotonic()
        self._duration = None if self._running_since is None else self._found_at - self._running_since

    def _is_younger_than(self, seconds: float) -> bool:
        if self._result is None:
            return False
        return self._result.final or time.monotonic() - self._found_at < seconds

    def _log_stuck(self, running: float) -> None:
        if not self._stuck_is_logged:
            self._stuck_is_logged = True
            logger.error("check %s is stuck", self._terms.name, extra={"check": self._terms.name, "running": running})

    def _failure(self, code: str, age: float | None, detail: dict[str, Any]) -> Outcome:
        return Outcome(
            name=self._terms.name,
            status="fail",
            critical=self._terms.critical,
            age=age,
            code=code,
            detail=detail,
            duration=self._duration,
        )

    def _known(self, result: Result, age: float | None) -> Outcome:
        critical = self._terms.critical if result.critical is None else result.critical
        return Outcome(
            name=self._terms.name,
            status=result.status,
            critical=critical,
            age=age,
            duration=self._duration,
            code=result.code,
            detail=result.detail,
        )
