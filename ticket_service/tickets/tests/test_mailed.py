"""A mail to the desk becomes a ticket, whatever is said twice or lost on the way."""

from typing import Any

from django.test import TestCase

from eventbus.testing import deliver, published
from jwtauth.testing import service_client
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from tickets.models import Ticket
from tickets.tests.cast import Cast, png


class MailedTicketTest(Cast, TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.messaging = service_client("messaging", scope="events:read tickets:file")
        self.mail_id = uuid7()
        deliver("user.changed.v1", data={"id": self.alice.user_id, "name": "Alice"})

    def put(self, client: Any = None, **fields: Any) -> Any:
        body = {"requester_id": str(self.alice.user_id), "subject": "Printer", "description": "It beeps."}
        path = f"/internal/tickets/{self.mail_id}/"
        return (client or self.messaging).put(path, {**body, "category": "general", **fields}, format="multipart")

    def test_the_mail_becomes_a_ticket_of_its_sender(self):
        response = self.put(attachments=[png()])
        self.assertEqual(response.status_code, 201)
        ticket = Ticket.objects.get(pk=self.mail_id)
        self.assertEqual(response.json(), {"id": str(ticket.pk), "number": ticket.number})
        self.assertEqual((ticket.requester_id, ticket.description), (self.alice.user_id, "It beeps."))
        self.assertEqual(ticket.attachments.count(), 1)
        (event,) = published("ticket.created.v1")
        self.assertEqual(event["actor"]["id"], str(self.alice.user_id))
        self.assertEqual(self.alice.get(f"/api/v1/tickets/{ticket.number}/").status_code, 200)

    def test_asked_again_it_is_the_same_ticket(self):
        first = self.put().json()
        again = self.put(subject="Other")
        self.assertEqual((again.status_code, again.json()), (200, first))
        self.assertEqual((Ticket.objects.count(), len(published("ticket.created.v1"))), (1, 1))

    def test_a_long_subject_is_cut(self):
        self.assertEqual(self.put(subject="s" * 250).status_code, 201)
        self.assertEqual(Ticket.objects.get().subject, "s" * 200)

    def test_somebody_unknown_files_nothing(self):
        assert_problem(self.put(requester_id=str(uuid7())), 400, "requester_unknown")
        self.assertFalse(Ticket.objects.exists())

    def test_who_has_left_since_they_wrote_files_nothing(self):
        deliver("user.changed.v1", data={"id": self.alice.user_id, "is_active": False}, version=2)
        assert_problem(self.put(), 400, "requester_unknown")
        self.assertFalse(Ticket.objects.exists())

    def test_only_who_has_the_scope_files_for_others(self):
        for client in (service_client("messaging", scope="events:read"), self.cora, self.adam):
            assert_problem(self.put(client), 403, "permission_denied")
        self.assertFalse(Ticket.objects.exists())
