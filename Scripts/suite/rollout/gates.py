"""What the gateway saw of both versions, and whether the new one may go on.

A share of answers with 5xx, and the 95th percentile of the seconds until the service had answered, over the last
WINDOW seconds. Both are held against the old version's of the same time, so that a busy machine alone stops nothing.
"""

import json
import math
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

WINDOW = 30.0
MIN_ERRORS = 3
MIN_REQUESTS = 20
ERROR_SHARE = 0.02
SLOWER = 2.0
SLOWER_SECONDS = 0.25


@dataclass(frozen=True)
class Request:
    """One line of the gateway's access log: which host answered it, when it was seen, and how."""

    host: str
    at: float
    status: int
    seconds: float


@dataclass(frozen=True)
class Figures:
    """`p95` is NaN without requests."""

    requests: int
    errors: int
    p95: float

    @property
    def error_share(self) -> float:
        return self.errors / self.requests if self.requests else 0.0

    def __str__(self) -> str:
        p95 = "-" if math.isnan(self.p95) else f"{1000 * self.p95:.0f} ms"
        return f"{self.requests} requests, {self.errors} with 5xx, p95 {p95}"


def parse(line: str, *, at: float) -> Request | None:
    """None for what is no line of the access log."""
    try:
        record = json.loads(line)
        host = str(record["upstream"]).partition(":")[0]
        # Several upstreams tried: the last one's time. None answered: how long the caller waited.
        spent = str(record["upstream_s"]).split(",")[-1].strip()
        seconds = float(record["duration_s"]) if spent in {"", "-"} else float(spent)
        return Request(host, at, int(record["status"]), seconds)
    except (ValueError, KeyError, TypeError):
        return None


def figures(requests: Iterable[Request]) -> Figures:
    found = list(requests)
    seconds = sorted(request.seconds for request in found)
    p95 = seconds[math.ceil(0.95 * len(seconds)) - 1] if seconds else math.nan
    return Figures(len(found), sum(request.status >= 500 for request in found), p95)


def verdict(old: Figures, new: Figures) -> str:
    """Why the new version must go; "" while nothing speaks against it."""
    allowed = ERROR_SHARE + old.error_share
    if new.errors >= MIN_ERRORS and new.error_share > allowed:
        return f"{new.errors} of {new.requests} answers are 5xx, {100 * allowed:.0f}% are borne"
    if new.requests >= MIN_REQUESTS and not math.isnan(old.p95):
        bearable = SLOWER * old.p95 + SLOWER_SECONDS
        if new.p95 > bearable:
            return f"p95 is {1000 * new.p95:.0f} ms, {1000 * bearable:.0f} ms are borne"
    return ""


@dataclass
class Observed:
    """Collects requests as they are logged; kept for as long as a verdict may ask for them."""

    requests: deque[Request] = field(default_factory=lambda: deque(maxlen=200_000))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, lines: Iterable[str]) -> None:
        for line in lines:
            if request := parse(line, at=time.monotonic()):
                with self._lock:
                    self.requests.append(request)

    def of(self, hosts: Iterable[str], *, since: float) -> Figures:
        """Of these containers, from `since` (time.monotonic) on."""
        wanted = set(hosts)
        return figures(request for request in self._recent(since) if request.host in wanted)

    def _recent(self, since: float) -> Iterator[Request]:
        with self._lock:
            found = list(self.requests)
        return (request for request in found if request.at >= since)
