"""One ticket through the whole flow over HTTP, hop by hop, with the time each hop took.

Works against any addresses (`Topology.with_urls`): it knows the contracts of docs/contracts.md and nothing else.
"""

import functools
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from suite import accounts
from suite.accounts import Account
from suite.api import Client
from suite.console import Failure, colour, say
from suite.polling import until
from suite.topology import Topology

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
EMPLOYEE = "hdts:employee"
SILENT_IN_LOGS = ("auth-service-worker",)  # nothing of a ticket passes through it
_MAX_STEPS = 10


@dataclass(frozen=True)
class Evidence:
    """What can be seen beside HTTP. None: it cannot be seen from here, and its hop is left out of the table."""

    logs: Callable[[], Mapping[str, str]] | None = None
    """Text of each process's log by `<service>-<process>`."""
    mail: Callable[[], list[str]] | None = None
    """The messages sent so far, as text."""


@dataclass
class Flow:
    topology: Topology
    password: str
    evidence: Evidence
    request_id: str = field(default_factory=lambda: f"demo-{secrets.token_hex(8)}")
    rows: list[list[object]] = field(default_factory=list)
    people: dict[str, Account] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    ticket: dict[str, Any] = field(default_factory=dict)
    assignees: list[str] = field(default_factory=list)

    def url(self, service: str, path: str) -> str:
        return f"{self.topology[service].url}/api/v1/{path}"

    def as_user(self, username: str) -> Client:
        if username not in self.clients:
            auth = self.topology["auth-service"].url
            self.clients[username] = Client.signed_in(auth, username, self.password, request_id=self.request_id)
        return self.clients[username]

    @property
    def admin(self) -> Client:
        return self.as_user(accounts.ADMIN)

    def employees(self) -> list[str]:
        """Accounts that are employees and nothing else, by name."""
        return sorted(person.username for person in self.people.values() if person.roles == (EMPLOYEE,))

    @property
    def requester(self) -> Client:
        return self.as_user(self.employees()[0])

    def hop(self, name: str, action: Callable[[], str]) -> None:
        """Runs one hop and takes its time; a `Failure` in it names the hop."""
        begun = time.monotonic()
        try:
            detail = action()
        except Failure as failure:
            raise Failure(f"{name}: {failure}") from failure
        seconds = time.monotonic() - begun
        self.rows.append([name, detail, seconds])
        say(f"  {colour('ok', 'green')}  {name}: {detail} ({seconds:.2f} s)")

    def sign_in(self) -> str:
        everyone = accounts.everyone(self.topology["auth-service"].url, self.password)
        self.people = {person.id: person for person in everyone}
        if len(self.employees()) < 2:
            raise Failure("the demo needs two seeded employees, one of whom must not see the other's ticket")
        signed_in = [username for username in (*self.employees()[:2], accounts.ADMIN) if self.as_user(username).token]
        return ", ".join(signed_in)

    def file_ticket(self) -> str:
        fields = {
            "subject": "Laptop does not start",
            "description": "Black screen since this morning; see the picture.",
            "category": "it-support",
            "priority": "High",
            "attachments": ("screen.png", PNG, "image/png"),
        }
        key = {"Idempotency-Key": self.request_id}
        url = self.url("ticket-service", "tickets/")
        self.ticket = self.requester.expect(self.requester.post_form(url, fields, **key), 201)
        again = self.requester.post_form(url, fields, **key)
        if self.requester.expect(again, 201)["id"] != self.ticket["id"]:
            raise Failure("the same Idempotency-Key made a second ticket")
        return f"{self.ticket['number']}, status {self.ticket['status']}, sent twice and filed once"

    def attachment_back(self) -> str:
        base = self.url("ticket-service", f"tickets/{self.ticket['number']}/attachments/")
        listed = self.requester.read(base)
        first = (listed["results"] if isinstance(listed, dict) else listed)[0]
        answer = self.requester.get(f"{base}{first['id']}/content/")
        if self.requester.expect(answer, 200) != PNG:
            raise Failure("the attachment came back changed")
        return f"{first['filename']}, {first['size']} bytes, {answer.headers['content-disposition'].split(';')[0]}"

    def task(self) -> dict[str, Any] | None:
        url = self.url("workflow-api", f"tasks/?scope=all&ticket={self.ticket['number']}")
        found = list(self.admin.pages(url))
        if len(found) > 1:
            raise Failure(f"{len(found)} tasks for one ticket")
        return found[0] if found else None

    def assigned(self) -> str:
        task = until("a task with an assignee", lambda: (t := self.task()) and t["assignee"] and t)
        person = self.people[task["assignee"]["id"]]
        mine = list(self.as_user(person.username).pages(self.url("workflow-api", "tasks/")))
        if task["id"] not in [entry["id"] for entry in mine]:
            raise Failure(f"the task is not among those of {person.username}")
        return f"{task['workflow']['name']}, step {task['step']['name']}, {person.username}"

    def status_follows(self) -> str:
        return f"ticket is {self._until_status('Open', 'In Progress')}"

    def converse(self) -> str:
        """A public reply of the requester and an internal note of the assignee."""
        staff = self.as_user(self.people[(self.task() or {})["assignee"]["id"]].username)
        url = self.url("messaging", f"tickets/{self.ticket['id']}/comments/")
        for client in (self.requester, staff):
            until("the conversation", functools.partial(self._is_there, client, url))
        bodies = ((self.requester, "public", "Any news?"), (staff, "internal", "Probably the battery again."))
        for client, visibility, text in bodies:
            body = {"client_id": str(uuid.uuid4()), "visibility": visibility, "body": text}
            client.expect(client.post(url, body), 201)
        seen = [comment["visibility"] for comment in self.requester.read(url)["results"]]
        both = [comment["visibility"] for comment in staff.read(url)["results"]]
        if seen != ["public"] or both != ["public", "internal"]:
            raise Failure(f"the requester sees {seen}, staff sees {both}")
        return "staff sees the reply and the note, the requester the reply only"

    def closed_to_others(self) -> str:
        other = self.as_user(self.employees()[1])
        ticket = self.ticket["id"]
        urls = [
            self.url("ticket-service", f"tickets/{ticket}/"),
            self.url("messaging", f"tickets/{ticket}/comments/"),
            self.url("workflow-api", f"tasks/{(self.task() or {})['id']}/"),
        ]
        answers = [other.get(url).status for url in urls]
        if answers != [404, 404, 404]:
            raise Failure(f"{self.employees()[1]} got {answers} instead of 404s")
        return f"{self.employees()[1]} gets 404 from ticket-service, messaging and workflow-api"

    def work(self) -> str:
        """Every step by whoever it is assigned to, with the first transition it allows, until the task is completed."""
        steps: list[str] = []
        for _ in range(_MAX_STEPS):
            task = self.task() or {}
            if task["status"] == "completed":
                return " -> ".join(steps)
            steps.append(self._work_one(task))
        raise Failure(f"the task is not completed after {_MAX_STEPS} steps: {' -> '.join(steps)}")

    def _work_one(self, task: dict[str, Any]) -> str:
        username = self.people[task["assignee"]["id"]].username
        client = self.as_user(username)
        url = self.url("workflow-api", f"tasks/{task['id']}/")
        client.expect(client.post(f"{url}start/"), 200)
        way = client.read(url)["transitions"][0]["key"]
        note = f"{task['step']['name']}: replaced the battery, works again."
        client.expect(client.post(f"{url}completion/", {"transition": way, "notes": note}), 200)
        self.assignees.append(username)
        return f"{task['step']['name']} by {username}"

    def resolved(self) -> str:
        status = self._until_status("Resolved")
        ticket = self.requester.read(self.url("ticket-service", f"tickets/{self.ticket['id']}/"))
        return f"{status}, resolution: {ticket['resolution']!r}"

    def noticed(self) -> str:
        url = self.url("notification-service", f"inbox/?ticket={self.ticket['number']}")

        def notices() -> list[dict[str, Any]] | None:
            found = list(self.requester.pages(url))
            told = any(entry["kind"] == "ticket_status_changed" and "Resolved" in str(entry) for entry in found)
            return found if told else None

        return f"{len(until('a notice of the resolution', notices))} notices for the requester"

    def mailed(self) -> str:
        """The assignment's mail to the first assignee and the resolution's to the requester have been sent."""
        url = self.url("notification-service", f"deliveries/?ticket={self.ticket['number']}&state=sent")
        wanted = {
            ("task_assigned", self._address(self.assignees[0])),
            ("ticket_status_changed", self._address(self.employees()[0])),
        }

        def sent() -> list[dict[str, Any]] | None:
            found = list(self.admin.pages(url))
            return found if wanted <= {(entry["kind"], entry["to_address"]) for entry in found} else None

        return f"{len(until('the e-mails', sent))} sent, the assignment's and the resolution's among them"

    def mail_arrived(self, read: Callable[[], list[str]]) -> str:
        number = self.ticket["number"]
        wanted = [self._address(self.assignees[0]), self._address(self.employees()[0])]

        def found() -> bool:
            ours = [text for text in read() if number in text]
            return all(any(address in text for text in ours) for address in wanted)

        until("the e-mails in the catcher", found)
        return f"{sum(number in text for text in read())} messages about {number}"

    def traced(self, read: Callable[[], Mapping[str, str]]) -> str:
        """The one request id stands in the log of every process on the way."""
        expected = [
            f"{service.name}-{process.name}"
            for service in self.topology.services
            for process in service.processes
            if process.command in {"web", "worker"} and f"{service.name}-{process.name}" not in SILENT_IN_LOGS
        ]

        def missing() -> list[str]:
            texts = read()
            return [name for name in expected if self.request_id not in texts.get(name, "")]

        try:
            until("the request id in every log", lambda: not missing())
        except Failure as failure:
            raise Failure(f"{self.request_id} is not in the log of {', '.join(missing())}") from failure
        return f"{self.request_id} in all {len(expected)} logs"

    def run(self) -> None:
        self.hop("sign in", self.sign_in)
        self.hop("file a ticket", self.file_ticket)
        self.hop("attachment", self.attachment_back)
        self.hop("task assigned", self.assigned)
        self.hop("status follows", self.status_follows)
        self.hop("reply and note", self.converse)
        self.hop("not for others", self.closed_to_others)
        self.hop("steps completed", self.work)
        self.hop("ticket resolved", self.resolved)
        self.hop("inbox", self.noticed)
        self.hop("e-mail sent", self.mailed)
        if mail := self.evidence.mail:
            self.hop("e-mail arrived", lambda: self.mail_arrived(mail))
        if logs := self.evidence.logs:
            self.hop("one request id", lambda: self.traced(logs))

    @staticmethod
    def _is_there(client: Client, url: str) -> bool:
        """Whether it is no longer 404: the service has heard of the ticket. Any other answer but 200 is a `Failure`."""
        answer = client.get(url)
        client.expect(answer, 200, 404)
        return answer.status == 200

    def _address(self, username: str) -> str:
        return next(person.email for person in self.people.values() if person.username == username)

    def _until_status(self, *wanted: str) -> str:
        url = self.url("ticket-service", f"tickets/{self.ticket['id']}/")

        def status() -> str | None:
            now = str(self.requester.read(url)["status"])
            return now if now in wanted else None

        return until(f"status {' or '.join(wanted)}", status)
