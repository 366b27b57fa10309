"""Events come again and in any order; the effects do not."""

import random
from typing import Any
from uuid import UUID

from django.core import mail
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone

from eventbus.inbox import retry_due
from eventbus.models import InboxEvent
from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery, Notice, TicketProjection
from notifications.rules import Happening
from notifications.services.notify import notify
from notifications.tests.cast import ALAN, CORA, ERIN, PEOPLE, TICKET, know_ticket, meet
from servicekit.ids import uuid7

ACCESS = {"user_ids": [str(ERIN), str(ALAN)], "roles": ["tts:admin", "tts:ticket-coordinator"]}
ASSIGNED = {"assignee_id": str(ALAN), "access": ACCESS}


def story() -> list[tuple[str, dict[str, Any]]]:
    """All events of one ticket's life, with the people in it."""
    events: list[tuple[str, dict[str, Any]]] = []
    for user_id in (ERIN, CORA, ALAN):
        name, roles = PEOPLE[user_id]
        state = {"id": user_id, "name": name, "email": f"{name.split()[0].lower()}@example.com", "roles": roles}
        events.append(("user.changed.v1", {"data": state}))
    events += [
        ("ticket.created.v1", {"version": 1}),
        ("task.unrouted.v1", {"version": 1}),
        ("task.assigned.v1", {"version": 2, "change": {"assignee_id": str(ALAN)}}),
        ("ticket.status_changed.v1", {"version": 2, "data": {"status": "In Progress", **ASSIGNED}}),
        ("comment.created.v1", {"data": {"author_id": str(CORA)}}),
        ("comment.note_created.v1", {"data": {"author_id": str(CORA)}}),
        ("ticket.status_changed.v1", {"version": 3, "data": {"status": "Resolved", **ASSIGNED}}),
    ]
    return [(event_type, {**parts, "event_id": uuid7()}) for event_type, parts in events]


# received, assigned, reply to Erin and to Alan, resolved by e-mail; unrouted, note and "In Progress" in the inbox only.
NOTICES = {
    (ERIN, "ticket_received"),
    (CORA, "task_unrouted"),
    (ALAN, "task_assigned"),
    (ERIN, "ticket_status_changed"),
    (ERIN, "comment_added"),
    (ALAN, "comment_added"),
    (ALAN, "note_added"),
}
EMAILS = 5


class ExactlyOnce(TestCase):
    def settle(self) -> None:
        """Let the parked events come again until none is left."""
        while InboxEvent.objects.filter(state=InboxEvent.State.RETRY).exists():
            InboxEvent.objects.filter(state=InboxEvent.State.RETRY).update(next_attempt_at=timezone.now(), attempts=1)
            retry_due()

    def assert_told_once(self) -> None:
        found = list(Notice.objects.values_list("user_id", "kind"))
        self.assertEqual(len(found), len(NOTICES) + 1)  # Erin hears of two statuses
        self.assertEqual(set(found), NOTICES)
        self.assertEqual(len(mail.outbox), EMAILS)
        self.assertEqual(len({message.extra_headers["Message-ID"] for message in mail.outbox}), EMAILS)

    def test_in_order_and_once(self) -> None:
        for event_type, parts in story():
            deliver(event_type, **parts)
        run_jobs()
        self.assert_told_once()

    def test_three_times_each_while_the_jobs_run(self) -> None:
        events = story()
        for _ in range(3):
            for event_type, parts in events:
                deliver(event_type, **parts)
            run_jobs()
        self.assert_told_once()

    def test_people_and_ticket_come_last(self) -> None:
        events = story()
        people = [event for event in events if event[0].startswith("user.")]
        ticket = [event for event in events if event[0].startswith("ticket.")]
        others = [event for event in events if event not in people + ticket]
        for event_type, parts in [*others, *people, *reversed(ticket), *events]:
            deliver(event_type, **parts)
        self.settle()
        run_jobs()
        self.assert_told_once()

    def test_any_order_tells_nobody_twice(self) -> None:
        for seed in range(5):
            with self.subTest(seed=seed):
                events = story() * 3
                random.Random(seed).shuffle(events)
                for event_type, parts in events:
                    deliver(event_type, **parts)
                self.settle()
                run_jobs()
                pairs = list(Notice.objects.values_list("event_id", "user_id"))
                self.assertEqual(len(pairs), len(set(pairs)))
                self.assertEqual(Delivery.objects.filter(state="sent").count(), len(mail.outbox))
                ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
                self.assertEqual(len(ids), len(set(ids)))

    def test_an_older_state_does_not_undo_a_newer_one(self) -> None:
        know_ticket(version=5, assignee=ALAN, subject="New words")
        know_ticket(version=4, subject="Old words")
        held = TicketProjection.objects.get()
        self.assertEqual((held.subject, held.assignee_id, held.version), ("New words", ALAN, 5))

    def test_a_resync_mends_the_projection(self) -> None:
        know_ticket(version=5)
        TicketProjection.objects.update(subject="damaged")
        deliver("ticket.created.v1", version=5, resync=True)
        self.assertEqual(TicketProjection.objects.get().subject, "Laptop does not start")

    def test_the_database_itself_refuses_a_second_notice_of_one_event(self) -> None:
        meet(ERIN)
        know_ticket()
        event_id = uuid7()
        happening = Happening(event_id, "ticket.created.v1", TicketProjection.objects.get(pk=TICKET), words={})
        (notice,) = notify(happening)
        self.assertEqual(notify(happening), [])
        copy = Notice.objects.get(pk=notice.pk)
        copy.pk = UUID(int=1)
        with self.assertRaises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)
