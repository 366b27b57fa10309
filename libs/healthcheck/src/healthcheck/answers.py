"""The bodies of the probes. Anyone sees words, versions and ages; causes and figures only who holds the token."""

import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from healthcheck.conf import Conf
from healthcheck.definition import Status
from healthcheck.draining import is_draining
from healthcheck.engine import Engine, Outcome, overall

# The words of the summary, and the checks of which each is the worst.
SUMMARY = {"database": ("database",), "cache": ("cache",), "celery": ("celery", "workers", "broker")}
_ORDER = ("pass", "warn", "fail")
_WORDS = {"pass": "ok", "warn": "degraded", "fail": "error"}


class Answer(NamedTuple):
    """An HTTP status and a JSON body."""

    status: int
    body: dict[str, Any]


class Answers:
    """Composes every probe's answer from one engine."""

    def __init__(self, conf: Conf, engine: Engine) -> None:
        self._conf = conf
        self._engine = engine
        self._has_started = False
        self._failing_since: float | None = None

    def live(self, full: bool) -> Answer:
        """The process answers, and that is all: a dependency's failure must not get the process restarted.

        Only where `live_fails_after` is set does a process that was not ready for so long without a break ask for a
        restart, which helps against what a restart mends: a pool that died, a leak of connections.
        """
        patience, since = self._conf.live_fails_after, self._failing_since
        if patience and since is not None and time.monotonic() - since >= patience:
            return Answer(503, {"status": "fail"})
        return Answer(200, {"status": "pass"})

    def ready(self, full: bool) -> Answer:
        """Whether requests may be sent here: no critical check fails and the process is not stopping.

        The body follows draft-inadarei-api-health-check-06 (`status`, `version`, `serviceId`, `checks`), with `age`
        in seconds beside each check's status.
        """
        if is_draining():
            return Answer(503, self._body("fail") | {"notes": ["draining"]})
        outcomes = self._engine.outcomes()
        status = overall(outcomes)
        if status != "fail":
            self._failing_since = None
        elif self._failing_since is None:
            self._failing_since = time.monotonic()
        checks = {outcome.name: [_check_body(outcome, full)] for outcome in outcomes}
        return Answer(503 if status == "fail" else 200, self._body(status) | {"checks": checks})

    def startup(self, full: bool) -> Answer:
        """As `ready` until that was 200 once, and 200 from then on."""
        if self._has_started:
            return Answer(200, self._body("pass"))
        answer = self.ready(full)
        self._has_started = answer.status == 200
        return answer

    def summary(self, full: bool) -> Answer:
        """The suite's described summary: `healthy` or `unhealthy`, and a word for database, cache and celery."""
        outcomes = [] if is_draining() else self._engine.outcomes()
        healthy = not is_draining() and overall(outcomes) != "fail"
        found: dict[str, Status] = {outcome.name: outcome.status for outcome in outcomes}
        body: dict[str, Any] = {
            "status": "healthy" if healthy else "unhealthy",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "service": self._conf.service,
            "version": self._conf.version,
        }
        unknown = "draining" if is_draining() else "not configured"
        words = {word: _worst([found[name] for name in names if name in found]) for word, names in SUMMARY.items()}
        return Answer(200 if healthy else 503, body | {name: word or unknown for name, word in words.items()})

    def _body(self, status: str) -> dict[str, Any]:
        return {"status": status, "version": self._conf.version, "serviceId": self._conf.service}


def _worst(statuses: list[Status]) -> str:
    return _WORDS[max(statuses, key=_ORDER.index)] if statuses else ""


def _check_body(outcome: Outcome, full: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"status": outcome.status, "age": None if outcome.age is None else round(outcome.age, 1)}
    if full:
        body |= {"critical": outcome.critical, "code": outcome.code, "detail": outcome.detail}
    return body
