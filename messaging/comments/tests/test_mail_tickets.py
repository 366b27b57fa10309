"""A mail to the desk becomes a ticket, by the row that waits until ticket-service has answered."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch

from django.test import TestCase, override_settings
from django.utils import timezone

from comments.mail.conf import MailIn
from comments.models import InboundFile, InboundMail
from comments.services.mail_filing import mails_file_due
from comments.services.mail_in import mail_receive
from comments.tests.cast import BOB, ERIN
from comments.tests.mails import DESK, SECRET, mail
from comments.tests.test_mail_replies import MAIL_IN, meet
from servicekit.ids import uuid7

OPEN = MailIn(url="", desk=DESK, secrets=[SECRET], registers_unknown=True, category="general")


class Peers:
    """auth and ticket-service as messaging sees them: a real HTTP server that answers what the test says."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.ticket: tuple[int, dict[str, Any]] = (201, {"id": "x", "number": "TTS-2026-000009"})
        self.requester: tuple[int, dict[str, Any]] = (201, {"id": str(uuid7()), "is_active": True})
        peers = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                pass

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                peers.asked.append((self.command, self.path, fields(self.headers["Content-Type"], body)))
                status, content = peers.requester if "requesters" in self.path else peers.ticket
                sent = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_PUT = do_POST = answer  # noqa: N815 - as the library calls them

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


def fields(content_type: str, body: bytes) -> dict[str, Any]:
    """The fields of a JSON or multipart body; of files their content."""
    if content_type == "application/json":
        return dict(json.loads(body))
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    parts = [part for part in message.walk() if not part.is_multipart()]
    names = [part.get_param("name", header="Content-Disposition") for part in parts]
    return {str(name): part.get_payload(decode=True) for name, part in zip(names, parts, strict=True)}


@contextmanager
def serving(peers: Peers) -> Iterator[None]:
    """While it lasts, messaging finds both services there."""
    thread = threading.Thread(target=peers.server.serve_forever, daemon=True)
    thread.start()
    urls = {"auth-service": peers.url, "ticket-service": peers.url}
    try:
        with (
            patch("eventbus.conf.producers", return_value=urls),
            patch("jwtauth.service_token.get", side_effect=lambda audience: f"token-for-{audience}"),
        ):
            yield
    finally:
        peers.server.shutdown()
        peers.server.server_close()


@override_settings(MAIL_IN=MAIL_IN)
class MailTickets(TestCase):
    def setUp(self) -> None:
        meet(ERIN)
        self.peers = Peers()
        served = serving(self.peers)
        served.__enter__()
        self.addCleanup(served.__exit__, None, None, None)

    def receive(self, raw: bytes) -> InboundMail:
        row = mail_receive(raw=raw)
        assert row is not None
        return row

    def later(self) -> int:
        """What is done once the waiting time is over."""
        InboundMail.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=timezone.now())
        return mails_file_due()

    def test_it_is_filed_for_its_sender_with_its_files(self) -> None:
        row = self.receive(mail(ERIN, files={"log.txt": b"beep"}, Subject="Printer =?utf-8?q?br=C3=BCllt?="))
        self.assertEqual(mails_file_due(), 1)
        ((method, path, sent),) = self.peers.asked
        self.assertEqual((method, path), ("PUT", f"/internal/tickets/{row.pk}/"))
        self.assertEqual(sent["requester_id"], str(ERIN).encode())
        self.assertEqual((sent["subject"].decode(), sent["description"]), ("Printer brüllt", b"It still beeps."))
        self.assertEqual((sent["category"], sent["attachments"]), (b"general", b"beep"))
        row.refresh_from_db()
        self.assertEqual((row.outcome, row.ticket_id, row.text, row.next_attempt_at), ("ticket", row.pk, "", None))
        self.assertFalse(InboundFile.objects.exists())
        self.assertEqual(self.later(), 0)

    def test_the_text_of_a_new_ticket_is_kept_whole(self) -> None:
        text = "Please help.\n\nOn Wed, Nov 25, 2026 at 9:00 AM Boss <b@example.com> wrote:\n> My printer beeps."
        self.assertIn("My printer beeps.", self.receive(mail(ERIN, text=text)).text)

    def test_while_ticket_service_is_away_the_mail_waits(self) -> None:
        row = self.receive(mail(ERIN))
        for status in (503, 500, 429, 401, 404):
            self.peers.ticket = (status, {"code": "away"})
            self.assertEqual(self.later(), 0)
            row.refresh_from_db()
            self.assertEqual((row.outcome, row.text), ("ticket", "It still beeps."))
            self.assertGreater(row.next_attempt_at, timezone.now())
        self.peers.ticket = (200, {"id": str(row.pk)})  # it had been filed, and the answer was lost
        self.assertEqual(self.later(), 1)

    def test_who_is_not_known_there_yet_will_be(self) -> None:
        self.receive(mail(ERIN))
        self.peers.ticket = (400, {"code": "requester_unknown"})
        self.assertEqual(self.later(), 0)
        self.peers.ticket = (201, {})
        self.assertEqual(self.later(), 1)

    def test_a_desk_that_files_under_a_category_that_is_gone_loses_no_mail(self) -> None:
        row = self.receive(mail(ERIN))
        for code in ("category_unknown", "custom_fields_invalid"):
            self.peers.ticket = (400, {"code": code})
            with self.assertLogs("comments", "WARNING") as logs:
                self.assertEqual(self.later(), 0)
            self.assertIn(code, logs.output[0])
            row.refresh_from_db()
            self.assertEqual((row.outcome, row.text), ("ticket", "It still beeps."))
        self.peers.ticket = (201, {"id": str(row.pk)})
        self.assertEqual(self.later(), 1)

    def test_a_mail_whose_file_is_gone_holds_up_no_other(self) -> None:
        lost = self.receive(mail(ERIN, files={"log.txt": b"beep"}))
        InboundFile.objects.update(sha256="0" * 64)
        self.receive(mail(ERIN))
        with self.assertLogs("eventbus.ticker", "ERROR"):
            self.assertEqual(self.later(), 1)
        lost.refresh_from_db()
        self.assertEqual((lost.outcome, lost.text), ("ticket", "It still beeps."))
        self.assertGreater(lost.next_attempt_at, timezone.now())

    def test_what_ticket_service_refuses_is_refused_and_kept(self) -> None:
        row = self.receive(mail(ERIN))
        self.peers.ticket = (415, {"code": "attachment_type_not_allowed"})
        self.later()
        row.refresh_from_db()
        self.assertEqual(
            (row.outcome, row.reason, row.text), ("refused", "attachment_type_not_allowed", "It still beeps.")
        )

    def test_a_stranger_is_refused_unless_the_desk_takes_strangers(self) -> None:
        row = self.receive(mail("stranger@example.org"))
        self.assertEqual((row.outcome, row.reason), ("refused", "sender_unknown"))
        self.assertEqual(self.later(), 0)

    @override_settings(MAIL_IN=OPEN)
    def test_a_stranger_becomes_a_requester(self) -> None:
        row = self.receive(mail("stranger@example.org"))
        self.assertEqual(self.later(), 1)
        (_, path, sent), (_, _, ticket) = self.peers.asked
        self.assertEqual((path, sent), ("/internal/requesters/", {"email": "stranger@example.org", "name": "Somebody"}))
        self.assertEqual(ticket["requester_id"], self.peers.requester[1]["id"].encode())
        row.refresh_from_db()
        self.assertEqual(str(row.person_id), self.peers.requester[1]["id"])

    @override_settings(MAIL_IN=OPEN)
    def test_a_stranger_whose_account_is_closed_is_refused(self) -> None:
        row = self.receive(mail("stranger@example.org"))
        self.peers.requester = (200, {"id": str(uuid7()), "is_active": False})
        self.later()
        row.refresh_from_db()
        self.assertEqual((row.outcome, row.reason), ("refused", "sender_inactive"))

    @override_settings(MAIL_IN=OPEN)
    def test_who_left_is_no_stranger(self) -> None:
        meet(BOB, is_active=False)
        self.assertEqual(self.receive(mail(BOB)).reason, "sender_inactive")

    def test_a_mail_without_words_is_a_ticket_by_its_subject(self) -> None:
        self.assertEqual(self.receive(mail(ERIN, text="")).text, "Printer")

    def test_peers_that_answer_garbage_are_away(self) -> None:
        row = self.receive(mail(ERIN))
        with patch("servicekit.http.Response.json", return_value=["?"]):
            self.assertEqual(self.later(), 0)
        row.refresh_from_db()
        self.assertEqual(row.outcome, "ticket")
