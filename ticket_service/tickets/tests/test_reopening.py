"""A resolved ticket is opened again, by a decision or by a reply."""

from datetime import timedelta

from eventbus import testing as bus
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from servicekit.time import rfc3339
from tickets.models import HistoryEntry, Ticket
from tickets.status import Status
from tickets.tests.cast import Task, TicketTestCase


class ReopeningCase(TicketTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.ticket = self.file()
        self.task = Task(self.ticket)
        self.task.assigned(self.gina)
        self.task.completed()
        self.ticket = self.reload(self.ticket)

    def status(self) -> str:
        return self.reload(self.ticket).status


class DecisionTest(ReopeningCase):
    def test_requester_coordinator_and_admin_reopen(self):
        for client in (self.alice, self.cora, self.adam):
            Ticket.objects.filter(pk=self.ticket.pk).update(status="Resolved", resolution="Battery replaced.")
            response = client.post(self.url(self.ticket, "reopening"), {"reason": "Black again."})
            body = response.json()
            self.assertEqual((response.status_code, body["status"], body["resolution"]), (200, "Open", ""))
            self.assertIsNone(body["resolved_at"])
        event = bus.published()[-1]
        self.assertEqual(event["type"], "ticket.status_changed.v1")
        self.assertEqual((event["data"]["status"], event["change"]), ("Open", {"previous_status": "Resolved"}))
        self.assertIn(
            ("reopening_reason", "Black again."),
            HistoryEntry.objects.filter(ticket=self.ticket).values_list("field", "new"),
        )

    def test_agent_on_the_ticket_may_not(self):
        assert_problem(self.gina.post(self.url(self.ticket, "reopening")), 403, "action_not_permitted")

    def test_only_a_resolved_ticket_is_reopened(self):
        for status in set(Status) - {Status.RESOLVED}:
            Ticket.objects.filter(pk=self.ticket.pk).update(status=status)
            with self.subTest(status):
                response = self.cora.post(self.url(self.ticket, "reopening"))
                assert_problem(response, 409, "transition_not_allowed")

    def test_repeated_key_reopens_once(self):
        before = self.ticket.version
        for _ in range(2):
            response = self.alice.post(self.url(self.ticket, "reopening"), headers={"Idempotency-Key": "r"})
            self.assertEqual(response.status_code, 200)
        self.assertEqual(self.reload(self.ticket).version, before + 1)

    def test_rating_of_what_was_not_good_enough_goes(self):
        self.alice.post(self.url(self.ticket, "rating"), {"rating": 1, "comment": "Broken."})
        self.alice.post(self.url(self.ticket, "reopening"))
        ticket = self.reload(self.ticket)
        self.assertEqual((ticket.rating, ticket.rating_comment), (None, ""))

    def test_new_task_is_followed_and_the_old_one_is_not_heard_again(self):
        self.alice.post(self.url(self.ticket, "reopening"))
        self.task.completed(version=self.task.version, resync=True)
        self.task.completed()
        self.assertEqual(self.status(), "Open")
        second = Task(self.ticket)
        second.assigned(self.max)
        second.started()
        self.task.completed()
        ticket = self.reload(self.ticket)
        self.assertEqual((ticket.status, ticket.assignee_id), ("In Progress", self.max.user_id))
        second.completed("Mainboard replaced.")
        self.assertEqual(self.reload(self.ticket).resolution, "Mainboard replaced.")


class ReplyTest(ReopeningCase):
    def reply(
        self,
        event: str = "comment.created.v1",
        *,
        comment: str = "",
        staff: bool = False,
        author: str = "",
        hours: int = 1,
        **envelope,
    ) -> None:
        written = self.ticket.resolved_at + timedelta(hours=hours)
        bus.deliver(
            event,
            data={
                "id": comment or str(uuid7()),
                "ticket_id": str(self.ticket.pk),
                "author_id": author or str(self.bob.user_id),
                "author_is_staff": staff,
                "created_at": rfc3339(written),
            },
            **envelope,
        )

    def test_reply_of_the_requester_reopens_in_their_name(self):
        actor = {"id": str(self.alice.user_id), "kind": "user", "name": "Alice"}
        self.reply(author=str(self.alice.user_id), actor=actor)
        self.assertEqual(self.status(), "Open")
        event = bus.published()[-1]
        self.assertEqual((event["type"], event["actor"]), ("ticket.status_changed.v1", actor))

    def test_reply_of_another_reader_and_of_staff_who_requested_it_reopens(self):
        self.reply()
        self.assertEqual(self.status(), "Open")
        Ticket.objects.filter(pk=self.ticket.pk).update(status="Resolved", resolved_at=self.ticket.resolved_at)
        self.reply(author=str(self.alice.user_id), staff=True)
        self.assertEqual(self.status(), "Open")

    def test_reply_of_staff_or_from_before_or_told_again_does_not(self):
        self.reply(staff=True)
        self.reply(hours=-1)
        self.reply(resync=True)
        self.assertEqual(self.status(), "Resolved")

    def test_edit_does_not_and_does_not_hide_the_reply_that_it_overtook(self):
        comment = str(uuid7())
        self.reply("comment.updated.v1", comment=comment, version=2)
        self.assertEqual(self.status(), "Resolved")
        self.reply(comment=comment, version=1)
        self.assertEqual(self.status(), "Open")

    def test_note_does_not(self):
        bus.deliver("comment.note_created.v1", data={"ticket_id": str(self.ticket.pk)})
        self.assertEqual(self.status(), "Resolved")

    def test_reply_to_a_ticket_of_any_other_status_leaves_it(self):
        for status in set(Status) - {Status.RESOLVED}:
            Ticket.objects.filter(pk=self.ticket.pk).update(status=status)
            self.reply()
            with self.subTest(status):
                self.assertEqual(self.status(), status)
