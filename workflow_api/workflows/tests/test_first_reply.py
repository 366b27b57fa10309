"""When staff first replied in public: the response time that an SLA will be measured by."""

from datetime import UTC, datetime

from django.test import TestCase

from eventbus.inbox import Outcome
from eventbus.testing import deliver
from servicekit.ids import uuid7
from workflows.models import Task
from workflows.tests.cast import Staff, file_ticket, seed


class FirstReplyTest(TestCase):
    def setUp(self) -> None:
        seed()
        self.staff = Staff()
        self.task = file_ticket()

    def comment(self, at: str, *, staff: bool = True, **data: object) -> Outcome:
        state = {"id": uuid7(), "ticket_id": self.task.ticket_id, "author_id": self.staff.carla.id}
        state |= {"author_is_staff": staff, "created_at": f"2026-11-21T{at}:00Z"} | data
        return deliver("comment.created.v1", data=state)

    def first_reply(self) -> datetime | None:
        return Task.objects.get().first_reply_at

    def test_the_earliest_counts_in_whatever_order_they_arrive(self) -> None:
        self.comment("10:30")
        self.comment("10:10")
        self.comment("11:00")
        self.assertEqual(self.first_reply(), datetime(2026, 11, 21, 10, 10, tzinfo=UTC))

    def test_the_requester_does_not_answer_themselves(self) -> None:
        self.comment("10:00", staff=False)
        self.comment("10:00", author_id=self.task.ticket.requester_id)
        self.assertIsNone(self.first_reply())

    def test_a_reply_that_overtakes_its_ticket_waits_for_it(self) -> None:
        self.assertEqual(self.comment("10:00", ticket_id=uuid7()), Outcome.PARKED)
