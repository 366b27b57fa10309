"""Steady mixed traffic through the gateway: people who read, file tickets, talk and work, as correct clients do.

A correct client sends each change with a key of its own and sends it again until it is acknowledged; everything that
was acknowledged is written down (`Ledger`), every answer too (`Outcome`). Reads are not repeated.
"""

import itertools
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import urllib3

from suite import accounts
from suite.api import Client
from suite.console import Failure
from suite.topology import Topology

THREADS = 24
TOKEN_SECONDS = 240.0
_PAUSE = 0.5
# What an answer of ours never holds, whatever happened.
_LEAKS = (b"Traceback", b"psycopg", b"OperationalError", b'File "/', b"django.", b"amqp://", b"postgres://")


@dataclass(frozen=True)
class Outcome:
    """One answer, or its absence (`status` 0): `at` (monotonic) it was asked for; `fault`: what is wrong with it."""

    kind: str
    at: float
    seconds: float
    status: int
    fault: str = ""

    @property
    def failed(self) -> bool:
        return self.status == 0 or self.status >= 500 or self.status == 429


@dataclass
class Ledger:
    """What was acknowledged: tickets by id; comments by their client's id; completed steps as (task, item's step)."""

    tickets: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Person:
    username: str
    token: str = ""
    since: float = 0.0
    signing_in: threading.Lock = field(default_factory=threading.Lock)


class Traffic:
    """`rate` requests a second while it runs, of which `changes` (a share) file tickets, comment and complete steps."""

    def __init__(self, shape: Topology, password: str, *, rate: float, changes: float = 0.1) -> None:
        self.shape = shape
        self.password = password
        self.rate = rate
        self.changes = changes
        self.ledger = Ledger()
        self.outcomes: list[Outcome] = []
        self.resent = 0
        self.people: dict[str, Person] = {}
        self._ids: dict[str, str] = {}
        self._employees: list[str] = []
        self._threads: list[threading.Thread] = []
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=10, read=60), retries=False, maxsize=THREADS, block=False
        )

    def __enter__(self) -> "Traffic":
        auth = self.shape["auth-service"].url
        for account in accounts.everyone(auth, self.password):
            self._ids[account.id] = account.username
            self.people[account.username] = Person(account.username)
            if account.roles == ("hdts:employee",):
                self._employees.append(account.username)
        numbers = itertools.count()
        begun = time.monotonic()
        self._threads = [
            threading.Thread(target=self._work, args=(numbers, begun), daemon=True) for _ in range(THREADS)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the traffic; what is still to be acknowledged is sent until it is."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=180)
        if alive := [thread for thread in self._threads if thread.is_alive()]:
            raise Failure(f"{len(alive)} clients have waited for an acknowledgement for three minutes")

    def since(self, begun: float) -> list[Outcome]:
        with self._lock:
            return [outcome for outcome in self.outcomes if outcome.at >= begun]

    def has_task(self, ticket: str) -> bool:
        """Whether workflow_api has made one for it; not counted among the traffic's requests."""
        client = Client(token=self._token("coordinator"))
        url = f"{self.shape['workflow-api'].url}/api/v1/tasks/?scope=all&ticket={ticket}"
        answer = client.get(url)
        return answer.status == 200 and bool(answer.body["results"])

    def _work(self, numbers: "itertools.count[int]", begun: float) -> None:
        for number in numbers:
            due = begun + number / self.rate
            if self._stopping.wait(max(0.0, due - time.monotonic())):
                return
            change = random.random() < self.changes  # noqa: S311 - a mix, no secret
            kinds = (self._file, self._comment, self._work_on) if change else (self._list, self._read, self._others)
            random.choice(kinds)()  # noqa: S311

    # Reads

    def _list(self) -> None:
        self._get("list tickets", random.choice(self._employees), "ticket-service", "tickets/?limit=25")  # noqa: S311

    def _read(self) -> None:
        if not (ticket := self._some_ticket()):
            return self._list()
        self._get("read ticket", self.ledger.tickets[ticket], "ticket-service", f"tickets/{ticket}/")
        return None

    def _others(self) -> None:
        who = random.choice(self._employees)  # noqa: S311
        kind = random.choice(("inbox", "tasks", "me"))  # noqa: S311
        if kind == "inbox":
            self._get(kind, who, "notification-service", "inbox/?limit=10")
        elif kind == "tasks":
            self._get(kind, "coordinator", "workflow-api", "tasks/?scope=all&limit=10")
        else:
            self._get(kind, who, "auth-service", "me/")

    # Changes

    def _file(self) -> None:
        who = random.choice(self._employees)  # noqa: S311
        body = {"subject": "Drill", "description": "x", "category": "it-support", "priority": "Low"}
        answer = self._until_acknowledged("file ticket", who, "ticket-service", "tickets/", body, {201})
        with self._lock:
            self.ledger.tickets[answer["id"]] = who

    def _comment(self) -> None:
        if not (ticket := self._some_ticket()):
            return self._file()
        key = str(uuid.uuid4())
        body = {"client_id": key, "visibility": "public", "body": "Any news?"}
        who = self.ledger.tickets[ticket]
        # 404 until the conversation has heard of the ticket.
        self._until_acknowledged("comment", who, "messaging", f"tickets/{ticket}/comments/", body, {201, 200})
        with self._lock:
            self.ledger.comments[key] = ticket
        return None

    def _work_on(self) -> None:
        """Starts and completes one step of somebody's task; the first transition that it allows."""
        agent = random.choice([name for name in self.people if name.startswith(("agent", "coordinator"))])  # noqa: S311
        listed = self._get("my tasks", agent, "workflow-api", "tasks/?limit=10") or {"results": []}
        for task in listed["results"]:
            with self._lock:
                if task["status"] == "completed" or task["id"] in self._busy:
                    continue
                self._busy.add(task["id"])
            try:
                self._complete(agent, task)
            finally:
                with self._lock:
                    self._busy.discard(task["id"])
            return

    def _complete(self, agent: str, task: dict[str, Any]) -> None:
        base = f"tasks/{task['id']}/"
        gone = {403, 404, 409}  # it went to somebody else meanwhile
        started = self._until_acknowledged("start step", agent, "workflow-api", f"{base}start/", None, {200, *gone})
        way = next(iter(started.get("transitions", [])), None)
        if way is None:
            return
        body = {"transition": way["key"], "notes": "done"}
        done = self._until_acknowledged(
            "complete step", agent, "workflow-api", f"{base}completion/", body, {200, *gone}
        )
        if "code" not in done:
            with self._lock:
                self.ledger.steps.append((task["id"], way["key"]))

    def _some_ticket(self) -> str:
        with self._lock:
            known = list(self.ledger.tickets)
        return random.choice(known[-200:]) if known else ""  # noqa: S311

    # HTTP

    def _get(self, kind: str, who: str, service: str, path: str) -> Any:
        status, body = self._send(kind, "GET", who, f"{self.shape[service].url}/api/v1/{path}")
        return body if status == 200 else None

    def _until_acknowledged(
        self, kind: str, who: str, service: str, path: str, body: Any, accepted: set[int]
    ) -> dict[str, Any]:
        key = str(uuid.uuid4())
        url = f"{self.shape[service].url}/api/v1/{path}"
        while True:
            status, answer = self._send(kind, "POST", who, url, body, key=key)
            running = isinstance(answer, dict) and answer.get("code") == "idempotency_key_in_use"
            if status in accepted and not running:
                return answer if isinstance(answer, dict) else {}
            if status == 401:
                self.people[who].token = ""
            time.sleep(_PAUSE)

    def _send(self, kind: str, method: str, who: str, url: str, body: Any = None, *, key: str = "") -> tuple[int, Any]:
        token = self._token(who)
        if not token:
            return 0, None
        headers = {"Authorization": f"Bearer {token}"}
        if key:
            headers["Idempotency-Key"] = key
        return self._exchange(kind, method, url, headers, body)

    def _token(self, who: str) -> str:
        person = self.people[who]
        with person.signing_in:
            return self._fresh_token(person)

    def _fresh_token(self, person: Person) -> str:
        if person.token and time.monotonic() - person.since < TOKEN_SECONDS:
            return person.token
        url = f"{self.shape['auth-service'].url}/api/v1/token/"
        status, answer = self._exchange(
            "sign in", "POST", url, {}, {"username": person.username, "password": self.password}
        )
        if status == 200:
            person.token, person.since = answer["access"], time.monotonic()
        # Auth may be away while the token that is there still holds.
        return person.token

    def _exchange(self, kind: str, method: str, url: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        encoded = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **headers}
        begun = time.monotonic()
        status, parsed, fault = 0, None, ""
        for repeated in (False, True):
            try:
                response = self._pool.request(method, url, headers=sent, body=encoded)
            except urllib3.exceptions.ProtocolError as error:
                # The server ended an idle connection as we wrote to it; RFC 9112, 9.3.1: send it again, once.
                if not repeated and _was_closed(error):
                    with self._lock:
                        self.resent += 1
                    continue
                fault = type(error).__name__
            except urllib3.exceptions.HTTPError as error:
                fault = type(error).__name__
            else:
                status = response.status
                fault = fault_of(status, response.headers, response.data)
                parsed = _parsed(response)
            break
        with self._lock:
            self.outcomes.append(Outcome(kind, begun, time.monotonic() - begun, status, fault))
        return status, parsed


def fault_of(status: int, headers: Any, data: bytes) -> str:
    """What a client may complain of in an answer of 5xx beside that it is one."""
    if status < 500:
        return ""
    if leak := next((word for word in _LEAKS if word in data), None):
        return f"leaks {leak.decode()}"
    if not str(headers.get("Content-Type", "")).startswith("application/problem+json"):
        return "no problem+json"
    if status == 503 and "Retry-After" not in headers:
        return "503 without Retry-After"
    return ""


def _was_closed(error: Exception) -> bool:
    return any(word in repr(error) for word in ("RemoteDisconnected", "ConnectionResetError", "BrokenPipe"))


def _parsed(response: urllib3.BaseHTTPResponse) -> Any:
    if "json" not in response.headers.get("Content-Type", ""):
        return None
    try:
        return json.loads(response.data)
    except ValueError:
        return None


def report(outcomes: list[Outcome]) -> list[list[object]]:
    """Rows of kind, requests, refused or failed, and percentiles in milliseconds."""
    rows: list[list[object]] = []
    for kind in sorted({outcome.kind for outcome in outcomes}):
        ours = [outcome for outcome in outcomes if outcome.kind == kind]
        bad = Counter(outcome.status for outcome in ours if outcome.failed)
        seconds = sorted(outcome.seconds for outcome in ours)
        shown = " ".join(f"{count}x {status or 'no answer'}" for status, count in sorted(bad.items())) or "-"
        rows.append([kind, len(ours), shown, _ms(seconds, 0.5), _ms(seconds, 0.99)])
    return rows


def _ms(seconds: list[float], share: float) -> int:
    return round(1000 * seconds[min(len(seconds) - 1, int(share * len(seconds)))]) if seconds else 0


def wait_until(what: str, ask: Callable[[], bool], *, within: float, pause: float = 0.25) -> float:
    """Seconds until it held; `Failure` after `within`."""
    begun = time.monotonic()
    while True:
        try:
            if ask():
                return time.monotonic() - begun
        except Failure:
            pass  # no answer is an answer here: not yet
        if time.monotonic() - begun > within:
            raise Failure(f"{what}: not within {within:.0f} s")
        time.sleep(pause)
