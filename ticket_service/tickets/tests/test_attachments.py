"""Files of a ticket are for those who see the ticket, and are only ever downloaded."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from eventbus import testing as bus
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from tickets.models import HistoryEntry, Ticket, TicketAttachment
from tickets.tests.cast import PNG, Task, TicketTestCase, png


class AttachmentTest(TicketTestCase):
    def attach(self, client, ticket, upload=None, **how):
        return client.post(self.url(ticket, "attachments"), {"file": upload or png()}, format="multipart", **how)

    def test_added_file_is_listed_told_and_in_the_history(self):
        ticket = self.file()
        response = self.attach(self.alice, ticket)
        self.assertEqual(response.status_code, 201, response.content)
        self.assertEqual(response.json()["content_type"], "image/png")
        self.assertEqual(self.alice.get(self.url(ticket, "attachments")).json()["results"], [response.json()])
        (event,) = bus.published("ticket.updated.v1")
        self.assertEqual((event["change"], event["version"]), ({"fields": ["attachments"]}, 2))
        self.assertEqual(event["data"]["attachments"][0]["id"], response.json()["id"])
        self.assertEqual(HistoryEntry.objects.get(field="attachments").new, "screen.png")

    def test_content_is_a_private_download(self):
        ticket = self.file()
        file = self.attach(self.alice, ticket).json()
        response = self.alice.get(self.url(ticket, "attachments", file["id"], "content"))
        self.assertEqual(b"".join(response.streaming_content), PNG)
        self.assertTrue(response["Content-Disposition"].startswith("attachment"))
        self.assertEqual(response["X-Content-Type-Options"], "nosniff")
        self.assertIn("private", response["Cache-Control"])

    def test_strangers_get_neither_list_nor_bytes(self):
        ticket, own = self.file(), self.file(self.bob)
        file = self.attach(self.alice, ticket).json()["id"]
        assert_problem(self.bob.get(self.url(ticket, "attachments")), 404, "ticket_not_found")
        assert_problem(self.bob.get(self.url(ticket, "attachments", file, "content")), 404, "ticket_not_found")
        # Nor by way of a ticket that they do see.
        assert_problem(self.bob.get(self.url(own, "attachments", file, "content")), 404, "attachment_not_found")

    def test_agent_on_the_ticket_reads_and_adds(self):
        ticket = self.file()
        file = self.attach(self.alice, ticket).json()["id"]
        Task(ticket).assigned(self.gina)
        self.assertEqual(self.gina.get(self.url(ticket, "attachments", file, "content")).status_code, 200)
        self.assertEqual(self.attach(self.gina, ticket).status_code, 201)

    def test_unknown_file_is_404(self):
        response = self.alice.get(self.url(self.file(), "attachments", uuid7(), "content"))
        assert_problem(response, 404, "attachment_not_found")

    def test_repeated_key_adds_one_file(self):
        ticket = self.file()
        for _ in range(2):
            self.assertEqual(self.attach(self.alice, ticket, headers={"Idempotency-Key": "a"}).status_code, 201)
        self.assertEqual(TicketAttachment.objects.count(), 1)

    def test_page_dressed_as_a_picture_is_refused(self):
        ticket = self.file()
        upload = SimpleUploadedFile("a.png", b"<html><script>alert(1)</script></html>", content_type="image/png")
        self.assertEqual(self.attach(self.alice, ticket, upload).status_code, 415)
        self.assertEqual((TicketAttachment.objects.count(), self.reload(ticket).version), (0, 1))

    @override_settings(ATTACHMENT_MAX_BYTES=10)
    def test_file_over_the_limit_is_refused(self):
        ticket = self.file()
        self.assertEqual(self.attach(self.alice, ticket).status_code, 413)

    def test_ended_ticket_takes_no_more(self):
        ticket = self.file()
        Ticket.objects.filter(pk=ticket.pk).update(status="Closed")
        assert_problem(self.attach(self.alice, ticket), 409, "ticket_not_editable")
