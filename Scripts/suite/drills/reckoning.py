"""What the databases hold, beside what was acknowledged: nothing may be missing, nothing there twice."""

import contextlib
from collections import Counter
from dataclasses import dataclass, replace

from suite.console import Failure
from suite.drills.traffic import Ledger
from suite.polling import until
from suite.stack import Stack
from suite.topology import Topology

_WAITING = """
    SELECT 'in ' || state || ' ' || type, count(*) FROM eventbus_inboxevent WHERE state <> 'done' GROUP BY 1
    UNION ALL SELECT 'out ' || type, count(*) FROM eventbus_outboxevent WHERE published_at IS NULL GROUP BY 1
"""
_COMPLETED = "SELECT task_id FROM workflows_taskitem WHERE transition <> ''"
_PUBLISHED = "SELECT event_id, type FROM eventbus_outboxevent"
_HANDLED = "SELECT event_id, type, producer FROM eventbus_inboxevent WHERE state = 'done'"
_REOPENED = """
    SELECT id FROM eventbus_outboxevent WHERE type = 'ticket.status_changed.v1'
    AND envelope -> 'change' ->> 'previous_status' = 'Resolved' AND envelope -> 'data' ->> 'status' = 'Open'
"""


@dataclass(frozen=True)
class Books:
    """Reads the databases of one stack."""

    stack: Stack
    shape: Topology
    ledger: Ledger
    before: int = 0
    """Tickets that were there when the ledger was begun."""
    steps_before: int = 0
    """Completed steps, likewise."""

    def query(self, service: str, sql: str) -> list[list[str]]:
        database = self.shape[service].database
        psql = ["psql", "--username", "postgres", "--no-psqlrc", "--no-align", "--tuples-only", "--dbname", database]
        text = self.stack.run("exec", "--no-TTY", "db", *psql, "--command", " ".join(sql.split()))
        return [line.split("|") for line in text.splitlines() if line]

    def column(self, service: str, sql: str) -> list[str]:
        return [row[0] for row in self.query(service, sql)]

    def missing(self) -> dict[str, int]:
        """How many acknowledged things have no row, or not the effect that they are to have."""
        tickets, comments = set(self.ledger.tickets), set(self.ledger.comments)
        told = set(self.column("notification-service", _assigned("DISTINCT ticket_id")))
        answers = Counter(self.column("workflow-api", _COMPLETED))
        found = {
            "tickets": tickets - set(self.column("ticket-service", "SELECT id FROM tickets_ticket")),
            "tasks": tickets - set(self.column("workflow-api", "SELECT ticket_id FROM workflows_task")),
            "tickets that were opened": tickets
            - set(self.column("ticket-service", "SELECT id FROM tickets_ticket WHERE status <> 'New'")),
            "conversations": tickets - set(self.column("messaging", "SELECT ticket_id FROM comments_conversation")),
            "assignment notices": tickets - told,
            "comments": comments - set(self.column("messaging", "SELECT client_id FROM comments_comment")),
        }
        counts = {name: len(ids) for name, ids in found.items()}
        done = Counter(task for task, _ in self.ledger.steps)
        counts["completed steps"] = sum(max(0, n - answers[task]) for task, n in done.items())
        counts["events that a service did not take in"] = sum(len(ids) for ids in self.unheard().values())
        return {name: count for name, count in counts.items() if count}

    def unheard(self) -> dict[str, set[str]]:
        """Published events of a type that the consumer takes, not in its inbox: by `producer > consumer`."""
        published = {service.name: self.query(service.name, _PUBLISHED) for service in self.shape.services}
        found = {}
        for consumer in self.shape.services:
            handled = self.query(consumer.name, _HANDLED)
            for producer in consumer.consumes_from:
                ours = [(event, kind) for event, kind, by in handled if by == producer]
                kinds = {kind for _, kind in ours}
                sent = {event for event, kind in published[producer] if kind in kinds}
                if missed := sent - {event for event, _ in ours}:
                    found[f"{producer} > {consumer.name}"] = missed
        return found

    def doubled(self) -> dict[str, int]:
        """How many things are there more than once."""
        counts = {
            "tickets": len(self.column("ticket-service", "SELECT id FROM tickets_ticket"))
            - len(self.ledger.tickets)
            - self.before,
            "tasks": self._tasks_beyond_reopenings(),
            "comments": _repeated(self.column("messaging", "SELECT client_id FROM comments_comment")),
            "assignment notices": self._notices_beyond_assignments(),
            "steps": len(self.column("workflow-api", _COMPLETED)) - len(self.ledger.steps) - self.steps_before,
        }
        return {name: count for name, count in counts.items() if count}

    def _tasks_beyond_reopenings(self) -> int:
        """A ticket has one task, and another one each time that a reply reopened it."""
        tasks = self.column("workflow-api", "SELECT ticket_id FROM workflows_task")
        return max(0, len(tasks) - len(set(tasks)) - len(self.column("ticket-service", _REOPENED)))

    def _notices_beyond_assignments(self) -> int:
        """One notice for each turn of a person: more of them are doubles."""
        turns = Counter(
            self.column(
                "workflow-api", "SELECT t.ticket_id FROM workflows_taskitem i JOIN workflows_task t ON t.id = i.task_id"
            )
        )
        notices = Counter(self.column("notification-service", _assigned("ticket_id")))
        return sum(max(0, count - turns[ticket]) for ticket, count in notices.items())

    def waiting(self) -> dict[str, str]:
        """Events that are not handled or not published, by service."""
        found = {service.name: self.query(service.name, _WAITING) for service in self.shape.services}
        return {name: ", ".join(f"{row[1]}x {row[0]}" for row in rows) for name, rows in found.items() if rows}

    def settle(self, within: float) -> None:
        """Waits until nothing is missing, or `within` seconds have passed."""
        with contextlib.suppress(Failure):
            until("everything has its effect", lambda: not self.missing(), within=within, pause=2.0)


def books_of(stack: Stack, shape: Topology, ledger: Ledger) -> Books:
    """To be called before the ledger's first entry."""
    books = Books(stack, shape, ledger)
    tickets = books.column("ticket-service", "SELECT id FROM tickets_ticket")
    return replace(books, before=len(tickets), steps_before=len(books.column("workflow-api", _COMPLETED)))


def _assigned(what: str) -> str:
    return f"SELECT {what} FROM notifications_notice WHERE kind = 'task_assigned'"  # noqa: S608 - our own words


def _repeated(values: list[str]) -> int:
    return sum(1 for count in Counter(values).values() if count > 1)
