"""A conversation across the services: by e-mail there and back, and an internal note that no Employee ever sees."""

import re
import subprocess
import tempfile
import time
import unittest
import uuid
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

import urllib3
from suite.api import Client
from suite.polling import until

from .running import Running
from .shared import shared_suite

SECRET = "zebrafish"


class Conversation(unittest.TestCase):
    running: Running

    @classmethod
    def setUpClass(cls) -> None:
        cls.running = shared_suite()
        cls.employee, cls.coordinator = cls.running.sign_in("employee"), cls.running.sign_in("coordinator")

    def url(self, service: str, path: str) -> str:
        return f"{self.running.url(service)}/api/v1/{path}"

    def file(self, subject: str) -> dict[str, Any]:
        """A ticket of the employee's, whose conversation is open."""
        body = {"subject": subject, "description": "It beeps.", "category": "it-support", "priority": "Low"}
        ticket = self.employee.expect(self.employee.post(self.url("ticket-service", "tickets/"), body), 201)
        comments = self.url("messaging", f"tickets/{ticket['id']}/comments/")
        until("the conversation is open", lambda: self.employee.get(comments).status == 200)
        return dict(ticket)

    def say(self, client: Client, ticket: dict[str, Any], body: str, visibility: str = "public", **files: Any) -> Any:
        comments = self.url("messaging", f"tickets/{ticket['id']}/comments/")
        fields = {"client_id": str(uuid.uuid4()), "body": body, "visibility": visibility, **files}
        return client.expect(client.post_form(comments, fields), 201)

    def mails(self, text: str) -> list[Message]:
        """The e-mails sent so far that have the text in them."""
        found = []
        for path in sorted(self.running.suite.state.mail.glob("*.log")):
            for raw in path.read_bytes().split(b"\n" + b"-" * 79):
                if text.encode() in raw:
                    found.append(message_from_bytes(raw.lstrip(b"\n")))
        return found


class ByMail(Conversation):
    def receive(self, *mails: EmailMessage) -> str:
        """Let messaging read a mailbox with these in it, as its worker would; answers what became of them."""
        service = self.running.suite.topology["messaging"]
        environment = self.running.suite.environments.of_service(service) | {"MAIL_IN_UNKNOWN_SENDERS": "register"}
        with tempfile.TemporaryDirectory() as folder:
            for name in ("new", "cur", "tmp"):
                (Path(folder) / name).mkdir()
            for number, mail in enumerate(mails):
                (Path(folder) / "new" / str(number)).write_bytes(mail.as_bytes())
            command = ["bash", "entrypoint.sh", "manage", "receive_mail", "--maildir", folder]
            done = subprocess.run(
                command, cwd=service.path, env=environment, capture_output=True, text=True, check=True
            )
        return done.stdout.strip()

    def mail(self, sender: str, to: str, text: str, subject: str = "Printer", **headers: str) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"] = f"<{uuid.uuid4()}@example.com>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        return message

    def test_a_notice_is_answered_by_its_recipient(self) -> None:
        ticket = self.file("Answered by mail")
        (notice, *_) = until("the notice is sent", lambda: self.mails(f"[{ticket['number']}]"))
        self.assertIn("employee@example.com", notice["To"])
        self.assertRegex(notice["Reply-To"], r"^helpdesk\+[a-z2-7]{42}@example\.com$")
        address = "Erin <employee@example.com>"
        reply = self.mail(address, notice["Reply-To"], "Still beeping.\n\nOn Monday, Help Desk wrote:\n> Hello")
        stolen = self.mail("employee2@example.com", notice["Reply-To"], "Let me in.", subject="Stolen address")
        self.assertEqual(self.receive(reply, stolen), "1 reply, 1 ticket")
        comments = self.employee.read(self.url("messaging", f"tickets/{ticket['id']}/comments/"))["results"]
        self.assertEqual([comment["body"].split("\n")[0] for comment in comments], ["Still beeping."])
        self.assertEqual(self.receive(reply), "1 duplicate")

    def test_a_strangers_mail_becomes_a_ticket(self) -> None:
        name = f"stranger-{uuid.uuid4().hex[:8]}"
        subject = f"Help {name}"
        mail = self.mail(f"New Person <{name}@example.org>", "helpdesk@example.com", "My badge is gone.", subject)
        mail.add_attachment(b"badge 17", maintype="text", subtype="plain", filename="badge.txt")
        self.assertEqual(self.receive(mail), "1 ticket")
        tickets = self.url("ticket-service", f"tickets/?q={name}")
        (ticket,) = until("the ticket is filed", lambda: self.coordinator.read(tickets)["results"], within=60)
        self.assertEqual(ticket["subject"], subject)
        files = self.coordinator.read(self.url("ticket-service", f"tickets/{ticket['id']}/attachments/"))
        listed = files["results"] if isinstance(files, dict) else files
        self.assertEqual([file["filename"] for file in listed], ["badge.txt"])
        until("they are told", lambda: [mail for mail in self.mails(ticket["number"]) if name in mail["To"]])


class NotesStayInside(Conversation):
    """All ways out of all services at once; each service's own tests walk its own with every position and change.

    Written by staff: a note, its file, an edit, a reaction, a mention of an Employee. Then everything that an Employee
    can ask of any service, live streams and e-mails included.
    """

    def test_by_no_way_to_an_employee(self) -> None:
        ticket = self.file("With a note")
        note = self.say(
            self.coordinator,
            ticket,
            f"{SECRET} @employee",
            "internal",
            attachments=(f"{SECRET}.txt", f"{SECRET} inside".encode(), "text/plain"),
        )
        self.assertEqual(note["mentions"], [])
        self.say(self.coordinator, ticket, "We look into it: giraffe.")
        marker = f"tickets/?q=giraffe&requester={ticket['requester_id']}"
        until(
            "ticket-service has heard of both",
            lambda: self.employee.read(self.url("ticket-service", marker))["results"],
        )
        until("the employee is told of the reply", lambda: self.mails("giraffe"))
        note_url = f"tickets/{ticket['id']}/comments/{note['id']}/"
        file_url = f"{note_url}attachments/{note['attachments'][0]['id']}/content/"
        self.assertEqual(self.coordinator.get(self.url("messaging", file_url)).body, f"{SECRET} inside".encode())
        for who in (self.employee, self.running.sign_in("employee2")):
            for service, path in self.ways(ticket, note_url, file_url):
                with self.subTest(service=service, path=path):
                    answer = who.get(self.url(service, path))
                    self.assertLess(answer.status, 500)
                    self.assert_silent(str(answer.body), note)
        self.assert_silent(self.live(ticket), note)
        for mail in self.mails(SECRET):
            self.assertNotRegex(mail["To"], "employee2?@")
        for service in ("ticket-service", "workflow-api", "notification-service"):
            self.assertEqual(self.tables_with(service, SECRET), [], service)

    def ways(self, ticket: dict[str, Any], note_url: str, file_url: str) -> list[tuple[str, str]]:
        one = f"tickets/{ticket['id']}/"
        tickets = [f"tickets/?q={SECRET}", "tickets/?limit=100", "tickets/export/", "statistics/", one]
        tickets += [one + part for part in ("history/", "attachments/", "watchers/", "links/")]
        talk = ["comments/", "comments/?after=0&limit=1", "stream/", "read/", "presence/"]
        messages = [one + part for part in talk] + [note_url, f"{note_url}history/", file_url]
        messages += [f"comments/?q={SECRET}", f"comments/?q={SECRET}&visibility=internal", "mails/"]
        notices = [
            "inbox/?folder=all",
            "inbox/unread-count/",
            "deliveries/",
            f"inbox/?folder=all&ticket={ticket['id']}",
        ]
        return [
            *(("ticket-service", path) for path in tickets),
            *(("workflow-api", path) for path in (f"tasks/?scope=all&ticket={ticket['id']}", "tasks/")),
            *(("messaging", path) for path in messages),
            *(("notification-service", path) for path in notices),
        ]

    def assert_silent(self, text: str, note: dict[str, Any]) -> None:
        for leak in (f"{SECRET} ", f"{SECRET}.txt", note["id"], note["attachments"][0]["id"], "'internal'"):
            self.assertNotIn(leak, text)

    def live(self, ticket: dict[str, Any]) -> str:
        """What the live stream sends an Employee from the start until the public reply has come."""
        service = self.running.suite.topology["messaging"]
        url = f"http://127.0.0.1:{service.live_port}/api/v1/live/tickets/{ticket['id']}/"
        headers = {"Authorization": f"Bearer {self.employee.token}"}
        response = urllib3.request("GET", url, headers=headers, preload_content=False, timeout=10.0, retries=False)
        text, deadline = b"", time.monotonic() + 10
        while b"giraffe" not in text and time.monotonic() < deadline:
            text += response.read1(65536)
        response.close()
        self.assertIn(b"giraffe", text)
        return text.decode()

    def tables_with(self, service: str, word: str) -> list[str]:
        """The tables of a service's database in which the word stands, its inbox of events excepted."""
        columns = self.running.query(
            service,
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type IN ('text', 'character varying', 'jsonb') AND table_name <> 'eventbus_inboxevent'",
        )
        found = set()
        for table, column in columns:
            if not re.fullmatch(r"\w+", f"{table}{column}"):
                continue
            sql = f'SELECT count(*) FROM "{table}" WHERE "{column}"::text LIKE %s'  # noqa: S608 - words, see above
            if self.running.query(service, sql, f"%{word}%")[0][0]:
                found.add(str(table))
        return sorted(found)


del Conversation  # has no tests of its own
