"""E-mail by a provider's API, through django-anymail; and what the provider reports of it, in its own format."""

import base64
import hashlib
import hmac
import json
import socket
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.test import SimpleTestCase, TestCase, override_settings
from rest_framework.test import APIClient

from config import providers
from eventbus.testing import deliver, run_jobs
from notifications.channels.provider import VIEWS
from notifications.models import Delivery, Suppression
from notifications.tests.cast import CORA, ERIN, delivery, meet, sign_in
from notifications.tests.web_server import HANG, WebServer
from servicekit.env import Env
from servicekit.testing import assert_problem

SECRET = "postmark:twenty-four-characters-long"
TAKEN = json.dumps({"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a", "To": "erin@example.com"}).encode()
INACTIVE = (
    "You tried to send to a recipient that has been marked as inactive.\nFound inactive addresses: erin@example.com.\n"
    "Inactive recipients are ones that have generated a hard bounce or a spam complaint."
)
REFUSED = json.dumps({"ErrorCode": 406, "Message": INACTIVE}).encode()


def basic(secret: str = SECRET) -> dict[str, str]:
    """The header by which the provider shows that it is the provider."""
    return {"HTTP_AUTHORIZATION": f"Basic {base64.b64encode(secret.encode()).decode()}"}


class SendingByAProvider(TestCase):
    def setUp(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1")

    def send(self, url: str, timeout: float = 5) -> Delivery:
        given = {"POSTMARK_SERVER_TOKEN": "key", "POSTMARK_API_URL": url, "REQUESTS_TIMEOUT": timeout}
        with override_settings(EMAIL_BACKEND="anymail.backends.postmark.EmailBackend", ANYMAIL=given):
            run_jobs()
        return Delivery.objects.get()

    def assert_state(self, found: Delivery, state: str, last_error: str) -> None:
        self.assertEqual((found.state, found.last_error), (state, last_error))

    def test_it_takes_the_message_with_our_headers_and_the_deliverys_id(self) -> None:
        with WebServer(answer=TAKEN) as server:
            found = self.send(f"{server.url.partition('/in')[0]}/")
        self.assert_state(found, "sent", "")
        ((headers, body),) = server.received
        sent = json.loads(body)
        self.assertEqual(headers["x-postmark-server-token"], "key")
        self.assertEqual((sent["To"], sent["Metadata"]), ("erin@example.com", {"delivery": str(found.pk)}))
        self.assertIn({"Name": "Message-ID", "Value": found.message_id}, sent["Headers"])
        self.assertTrue(sent["TextBody"] and sent["HtmlBody"])

    def test_what_it_answers_decides_whether_it_is_tried_again(self) -> None:
        for status, state in ((503, "pending"), (429, "pending"), (401, "pending"), (422, "failed")):
            with self.subTest(status), WebServer(status) as server:
                Delivery.objects.all().delete()
                deliver("ticket.created.v1")
                self.assert_state(self.send(f"{server.url.partition('/in')[0]}/"), state, f"provider_{status}")

    def test_a_recipient_that_it_refuses_is_suppressed(self) -> None:
        with WebServer(answer=REFUSED) as server:
            self.assert_state(self.send(f"{server.url.partition('/in')[0]}/"), "failed", "provider_refused")
        self.assertEqual(Suppression.objects.get().address, "erin@example.com")

    def test_one_that_cannot_be_reached_has_taken_nothing(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            found = self.send(f"http://127.0.0.1:{closed.getsockname()[1]}/")
        self.assert_state(found, "pending", "provider_unreachable")
        self.assertEqual(found.unknown_outcomes, 0)

    def test_one_that_does_not_answer_may_have_taken_it(self) -> None:
        with WebServer(HANG) as server:
            found = self.send(f"{server.url.partition('/in')[0]}/", timeout=0.2)
        self.assert_state(found, "pending", "outcome_unknown")
        self.assertEqual(found.unknown_outcomes, 1)


@override_settings(ANYMAIL={"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": "signing-key"})
class ReportsOfAProvider(TestCase):
    def setUp(self) -> None:
        self.delivery = delivery(state="sent")

    def post(self, body: Any, provider: str = "postmark", secret: str = SECRET) -> Any:
        return APIClient().post(f"/api/v1/mail-reports/{provider}/", body, format="json", **basic(secret))

    def postmark(self, **fields: Any) -> dict[str, Any]:
        """As https://postmarkapp.com/developer/webhooks/bounce-webhook shows it."""
        return {
            "RecordType": "Bounce",
            "ID": 42,
            "Type": "HardBounce",
            "TypeCode": 1,
            "Name": "Hard bounce",
            "Tag": "",
            "MessageID": "00000000-0000-0000-0000-000000000000",
            "Metadata": {"delivery": str(self.delivery.pk)},
            "ServerID": 23,
            "Description": "The server was unable to deliver your message",
            "Details": "smtp;550 5.1.1 unknown user",
            "Email": "Erin@example.com",
            "From": "helpdesk@example.com",
            "BouncedAt": "2026-11-05T16:33:54.9070259Z",
            "DumpAvailable": True,
            "Inactive": True,
            "CanActivate": True,
            "Subject": "Ticket",
            **fields,
        }

    def assert_suppressed(self, because: str) -> None:
        row = Suppression.objects.get()
        self.delivery.refresh_from_db()
        self.assertEqual((row.address, row.reason), ("erin@example.com", because))
        self.assertEqual(self.delivery.last_error, because)

    def test_a_bounce_suppresses_and_the_desk_sees_why(self) -> None:
        self.assertEqual(self.post(self.postmark()).status_code, 204)
        self.assertEqual(self.post(self.postmark()).status_code, 204)
        self.assert_suppressed("bounced")
        (row,) = sign_in(CORA).get("/api/v1/suppressions/").json()["results"]
        self.assertEqual(row["reason"], "bounced")

    def test_an_address_of_a_server_is_no_status(self) -> None:
        self.post(self.postmark(Details="smtp;host 5.9.12.3 said: 550 5.1.1 unknown user"))
        self.assert_suppressed("bounced")

    def test_a_complaint_suppresses(self) -> None:
        self.post(self.postmark(RecordType="SpamComplaint", Type="SpamComplaint", Details=""))
        self.assert_suppressed("complained")

    def test_what_passes_suppresses_nothing(self) -> None:
        for fields in (
            {"Type": "SoftBounce", "Details": "smtp;452 4.2.2 mailbox full"},
            {"Type": "HardBounce", "Details": "smtp;550 5.7.1 looks like spam"},
            {"Type": "Transient"},
            {"RecordType": "Delivery", "Recipient": "erin@example.com", "DeliveredAt": "2026-11-05T16:33:54Z"},
            {"RecordType": "Open", "Recipient": "erin@example.com"},
            {"RecordType": "Something new"},
        ):
            with self.subTest(fields):
                self.assertEqual(self.post(self.postmark(**fields)).status_code, 204)
                self.assertFalse(Suppression.objects.exists())

    def test_a_provider_that_gives_no_reason_is_judged_by_the_servers_words(self) -> None:
        bounce = {"email": "erin@example.com", "event": "bounce", "timestamp": 1, "delivery": str(self.delivery.pk)}
        for words in ("", "Connection timed out", "554 refused"):
            with self.subTest(words):
                self.assertEqual(self.post([{**bounce, "reason": words}], "sendgrid").status_code, 204)
                self.assertFalse(Suppression.objects.exists())
        self.post([{**bounce, "reason": "550 no such user here"}], "sendgrid")
        self.assert_suppressed("bounced")

    def test_who_unsubscribes_at_the_provider_is_written_to_no_more(self) -> None:
        self.post(
            [{"email": "erin@example.com", "event": "unsubscribe", "delivery": str(self.delivery.pk)}], "sendgrid"
        )
        self.assert_suppressed("unsubscribed")

    def test_what_is_about_no_message_of_ours_suppresses_nothing(self) -> None:
        for fields in (
            {"Metadata": {}},
            {"Metadata": {"delivery": "1; DROP TABLE"}},
            {"Metadata": {"delivery": str(ERIN)}},
            {"Email": "somebody.else@example.com"},
            {"Email": "erin@example.com\x00"},
        ):
            with self.subTest(fields):
                self.assertEqual(self.post(self.postmark(**fields)).status_code, 204)
                self.assertFalse(Suppression.objects.exists())

    def test_without_the_secret_nobody_is_believed(self) -> None:
        for secret in ("", "postmark:wrong", "postmark:"):
            with self.subTest(secret):
                assert_problem(self.post(self.postmark(), secret=secret), 403, "report_refused")
        with override_settings(ANYMAIL={}):
            assert_problem(self.post(self.postmark()), 404, "provider_not_found")
        self.assertFalse(Suppression.objects.exists())

    def mailgun(self, *, key: str = "signing-key") -> dict[str, Any]:
        """As https://documentation.mailgun.com shows it: signed over time and token."""
        timestamp, token = "1529006854", "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"
        signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
        return {
            "signature": {"timestamp": timestamp, "token": token, "signature": signature},
            "event-data": {
                "event": "failed",
                "severity": "permanent",
                "reason": "suppress-bounce",
                "id": "G9Bn5sl1TC6nu79C8C0bwg",
                "timestamp": 1521233195.375624,
                "recipient": "erin@example.com",
                "user-variables": {"delivery": str(self.delivery.pk)},
                "message": {"headers": {"message-id": "20130503192659.13651.20287@mg.example.com"}},
                "delivery-status": {"code": 605, "message": "", "description": "Not delivering to bounced address"},
                "tags": [],
            },
        }

    def test_a_signature_is_checked_beside_the_secret(self) -> None:
        assert_problem(self.post(self.mailgun(key="another"), "mailgun"), 403, "report_refused")
        assert_problem(self.post(self.mailgun(), "mailgun", secret="mailgun:wrong"), 403, "report_refused")
        self.assertFalse(Suppression.objects.exists())
        self.assertEqual(self.post(self.mailgun(), "mailgun").status_code, 204)
        self.assert_suppressed("bounced")
        with override_settings(ANYMAIL={"WEBHOOK_SECRET": SECRET}):
            assert_problem(self.post(self.mailgun(), "mailgun"), 404, "provider_not_found")

    def test_several_at_once_as_sendgrid_sends_them(self) -> None:
        body = [
            {"email": "erin@example.com", "event": "open", "timestamp": 1461095246, "sg_event_id": "1"},
            {
                "email": "erin@example.com",
                "event": "bounce",
                "type": "bounce",
                "status": "5.1.1",
                "reason": "550 5.1.1 no such user",
                "timestamp": 1461095246,
                "sg_event_id": "2",
                "sg_message_id": "3",
                "smtp-id": "<4>",
                "delivery": str(self.delivery.pk),
            },
        ]
        self.assertEqual(self.post(body, "sendgrid").status_code, 204)
        self.assert_suppressed("bounced")

    def test_what_is_no_report_of_theirs(self) -> None:
        for provider in VIEWS:
            for body in ([], [7], {}, "text", None, {"RecordType": []}, [{"event": []}]):
                with self.subTest(provider, body=body):
                    self.assertIn(self.post(body, provider).status_code, (204, 400, 403, 404))
        assert_problem(self.post([], "postmark"), 400, "report_unreadable")
        raw = APIClient().post("/api/v1/mail-reports/postmark/", b"{", content_type="application/json", **basic())
        assert_problem(raw, 400, "report_unreadable")
        assert_problem(self.post({}, "pigeon"), 404, "provider_not_found")


class ProviderSettings(SimpleTestCase):
    def read(self, text: str) -> dict[str, Any]:
        return providers.settings(Env({"DJANGO_ENV": "production", "EMAIL_PROVIDER_SETTINGS": text}), timeout=10)

    def test_they_are_anymails(self) -> None:
        self.assertEqual(self.read(""), {"REQUESTS_TIMEOUT": 10})
        self.assertEqual(self.read('{"POSTMARK_SERVER_TOKEN": "x"}')["POSTMARK_SERVER_TOKEN"], "x")

    def test_the_provider_goes_before_the_mail_server(self) -> None:
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        for given, expected in (
            ("", "notifications.channels.smtp.EmailBackend"),
            ("postmark", "anymail.backends.postmark.EmailBackend"),
        ):
            self.assertEqual(providers.backend(Env({"EMAIL_PROVIDER": given}), smtp), expected)
        self.assertEqual(providers.backend(Env({}), "files"), "files")
        with self.assertRaisesMessage(ImproperlyConfigured, "EMAIL_PROVIDER"):
            providers.backend(Env({"EMAIL_PROVIDER": "pigeon"}), smtp)

    def test_a_mistake_is_named_without_the_keys(self) -> None:
        for text in ('{"POSTMARK_SERVER_TOKEN": geheim}', '["geheim"]', '{"A": 7}', '{"WEBHOOK_SECRET": "u:geheim"}'):
            with self.subTest(text), self.assertRaises(ImproperlyConfigured) as caught:
                self.read(text)
            self.assertNotIn("geheim", str(caught.exception))

    def test_each_provider_can_be_sent_by_and_can_report(self) -> None:
        self.assertEqual(set(VIEWS), providers.NAMES)
        keys = {"api_key": "k", "secret_key": "k", "server_token": "k", "api_token": "k"}
        for name in providers.NAMES:
            given = {f"{name.upper()}_{key.upper()}": value for key, value in keys.items()}
            with self.subTest(name), override_settings(ANYMAIL=given):
                get_connection(f"anymail.backends.{name}.EmailBackend")
