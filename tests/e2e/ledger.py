"""A load whose every acknowledged ticket is written down, and the reckoning afterwards."""

import contextlib
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from suite.api import Client
from suite.console import Failure
from suite.polling import until

from .running import Running

CLIENTS = 4


@dataclass
class Ledger:
    """Files tickets as an impatient but correct client does: one key each, sent again until it is acknowledged."""

    running: Running
    wanted: int
    pace_seconds: float
    acknowledged: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def file_all(self) -> None:
        """File `wanted` tickets, each about `pace_seconds` after the one before."""
        begun = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda number: self._file(number, begun + number * self.pace_seconds), range(self.wanted)))

    def _file(self, number: int, due: float) -> None:
        time.sleep(max(0.0, due - time.monotonic()))  # the pace of the load, not a wait for an effect
        key = str(uuid.uuid4())
        client: Client | None = None

        def attempt() -> bool:
            nonlocal client
            try:
                client = client or self.running.sign_in("employee")
                answer = client.post(
                    f"{self.running.url('ticket-service')}/api/v1/tickets/",
                    {"subject": f"Ledger {number}", "description": "x", "category": "it-support", "priority": "Low"},
                    **{"Idempotency-Key": key},
                )
            except Failure:
                self._refused("no answer")
                return False
            if answer.status == 201:
                with self._lock:
                    self.acknowledged.append(answer.body["id"])
                return True
            if answer.status == 401:
                client = None
            self._refused(f"{answer.status} {answer.code}")
            return False

        until(f"ticket {number} is acknowledged", attempt, within=120, pause=0.5)

    def _refused(self, what: str) -> None:
        with self._lock:
            self.refusals[what] += 1

    def settle(self, within: float) -> None:
        """Wait until every acknowledged ticket has its task and its notice, or `within` seconds have passed."""
        with contextlib.suppress(Failure):
            until("every ticket has its task and its notice", lambda: not self.missing(), within=within, pause=1.0)

    def missing(self) -> dict[str, int]:
        """How many of the acknowledged tickets each service does not know, or has no effect of."""
        known = {
            "tickets": set(self._column("ticket-service", "SELECT id FROM tickets_ticket")),
            "tasks": set(self.task_tickets()),
            "assignment notices": set(self.notice_tickets()),
            "opened": set(self._column("ticket-service", "SELECT id FROM tickets_ticket WHERE status = 'Open'")),
            "conversations": set(self._column("messaging", "SELECT ticket_id FROM comments_conversation")),
        }
        counts = {name: len(set(self.acknowledged) - ids) for name, ids in known.items()}
        return {name: count for name, count in counts.items() if count}

    def doubled(self) -> dict[str, int]:
        """How many tickets have more than one task or assignment notice."""
        counts = {
            "tasks": Counter(self.task_tickets()),
            "assignment notices": Counter(self.notice_tickets()),
        }
        doubled = {name: sum(1 for n in counter.values() if n > 1) for name, counter in counts.items()}
        return {name: count for name, count in doubled.items() if count}

    def unhandled(self) -> dict[str, list[tuple[object, ...]]]:
        """Events that wait for a retry or are dead, and events that never left: by service, for the report."""
        sql = """
            SELECT type, state, last_error, count(*) FROM eventbus_inboxevent WHERE state <> 'done' GROUP BY 1, 2, 3
            UNION ALL
            SELECT type, 'unpublished', '', count(*) FROM eventbus_outboxevent WHERE published_at IS NULL GROUP BY 1
        """
        found = {name: self.running.query(name, sql) for name in self.running.databases}
        return {name: rows for name, rows in found.items() if rows}

    def task_tickets(self) -> list[str]:
        return self._column("workflow-api", "SELECT ticket_id FROM workflows_task")

    def notice_tickets(self) -> list[str]:
        sql = "SELECT ticket_id FROM notifications_notice WHERE kind = 'task_assigned'"
        return self._column("notification-service", sql)

    def _column(self, service: str, sql: str) -> list[str]:
        return [str(row[0]) for row in self.running.query(service, sql)]
