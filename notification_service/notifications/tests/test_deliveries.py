"""Coordinators see what became of each e-mail."""

from django.core import mail
from django.test import TestCase, override_settings

from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery
from notifications.tests.cast import ALAN, CORA, ERIN, NUMBER, TICKET, know_ticket, meet, sign_in


class Deliveries(TestCase):
    def setUp(self) -> None:
        meet(ERIN, ALAN)
        deliver("ticket.created.v1")
        run_jobs()
        know_ticket(version=3, assignee=ALAN)
        deliver("task.assigned.v1", change={"assignee_id": str(ALAN)})
        self.cora = sign_in(CORA)

    def addresses(self, query: str = "") -> list[str]:
        return [row["to_address"] for row in self.cora.get(f"/api/v1/deliveries/{query}").json()["results"]]

    def test_they_are_listed_newest_first(self) -> None:
        self.assertEqual(self.addresses(), ["alan@example.com", "erin@example.com"])

    def test_a_delivery_shows_its_state_and_not_its_words(self) -> None:
        _, row = self.cora.get("/api/v1/deliveries/").json()["results"]
        self.assertEqual((row["state"], row["attempts"], row["kind"]), ("sent", 1, "ticket_received"))
        self.assertEqual((row["ticket_number"], row["user_id"]), (NUMBER, str(ERIN)))
        self.assertEqual(row["message_id"], mail.outbox[0].extra_headers["Message-ID"])
        self.assertFalse({"subject", "text", "html"} & row.keys())

    def test_they_are_filtered_by_state_and_ticket(self) -> None:
        self.assertEqual(self.addresses("?state=sent"), ["erin@example.com"])
        self.assertEqual(self.addresses("?state=pending"), ["alan@example.com"])
        self.assertEqual(self.addresses("?state=failed"), [])
        self.assertEqual(len(self.addresses(f"?ticket={NUMBER}")), 2)
        self.assertEqual(len(self.addresses(f"?ticket={TICKET}&state=sent")), 1)
        self.assertEqual(self.addresses("?ticket=TTS-2026-000002"), [])

    @override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1
    )
    def test_a_failing_delivery_names_a_code_and_not_the_servers_words(self) -> None:
        run_jobs()
        row, _ = self.cora.get("/api/v1/deliveries/").json()["results"]
        self.assertEqual((row["state"], row["attempts"]), ("pending", 1))
        self.assertEqual(row["last_error"], "mail_server_unreachable")
        self.assertEqual(Delivery.objects.filter(state="pending").count(), 1)
