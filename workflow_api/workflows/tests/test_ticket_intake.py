"""A ticket arrives: exactly one task, whatever the order and however often."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test import TestCase, TransactionTestCase

from eventbus.inbox import receive
from eventbus.models import InboxEvent, OutboxEvent
from eventbus.testing import deliver, published, sample
from servicekit.ids import uuid7
from workflows.models import Task, TaskLog, TicketProjection
from workflows.tests.cast import Staff, change_ticket, file_ticket, only_postgres, seed, ticket_state, types_published


class TicketArrivesTest(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        seed()
        cls.staff = Staff()

    def test_starts_the_matching_workflow_and_assigns_its_first_step(self) -> None:
        before = datetime.now(UTC)
        task = file_ticket(priority="High")
        self.assertEqual((task.status, task.assignee_id), ("assigned", self.staff.carla.id))
        self.assertEqual((task.workflow_version.workflow.key, task.current_step.key), ("it-support", "triage"))
        item = task.items.get()
        self.assertEqual((item.assignee_id, item.step), (self.staff.carla.id, task.current_step))
        self.assertGreaterEqual(item.assigned_at, before)

    def test_publishes_the_assignment_with_readers_and_the_request_id_of_the_ticket(self) -> None:
        task = file_ticket()
        (event,) = published()
        self.assertEqual(event["type"], "task.assigned.v1")
        self.assertEqual(event["request_id"], sample("ticket.created.v1")["request_id"])
        self.assertEqual(event["actor"], sample("ticket.created.v1")["actor"])
        self.assertEqual(event["version"], task.version)
        self.assertEqual(event["data"]["step_roles"], ["tts:ticket-coordinator"])
        self.assertEqual(event["data"]["assignee_ids"], [str(self.staff.carla.id)])
        self.assertEqual(event["change"]["item_id"], str(task.items.get().id))

    def test_sets_deadlines_by_weight_and_priority(self) -> None:
        """IT Support, High: 8 hours; triage weighs 1 of 5."""
        filed = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        task = file_ticket(priority="High", created_at=filed.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.assertEqual(task.resolution_due_at, filed + timedelta(hours=8))
        self.assertEqual(task.step_due_at - task.items.get().assigned_at, timedelta(hours=8) / 5)

    def test_the_log_says_what_happened_and_from_which_request(self) -> None:
        task = file_ticket()
        row = TaskLog.objects.get(task=task)
        self.assertEqual((row.action, row.task_version), ("assigned", 1))
        self.assertEqual(row.actor["name"], "Erin Employee")
        self.assertEqual(row.request_id, "demo-1")

    def test_the_same_event_twice_makes_one_task(self) -> None:
        ticket_id, event_id = uuid7(), uuid7()
        for _ in range(2):
            deliver("ticket.created.v1", data=ticket_state(ticket_id), event_id=event_id)
        self.assertEqual(Task.objects.count(), 1)
        self.assertEqual(len(published()), 1)

    def test_an_update_that_overtakes_the_creation_makes_the_task_and_stays_the_newer_state(self) -> None:
        ticket_id = uuid7()
        deliver("ticket.updated.v1", data=ticket_state(ticket_id, subject="New", status="New"), version=2)
        deliver("ticket.created.v1", data=ticket_state(ticket_id, subject="Old"), version=1)
        self.assertEqual(Task.objects.count(), 1)
        ticket = TicketProjection.objects.get()
        self.assertEqual((ticket.subject, ticket.version), ("New", 2))

    def test_a_resync_creates_a_task_that_is_missing(self) -> None:
        task = file_ticket()
        ticket_id = task.ticket_id
        OutboxEvent.objects.all().delete()
        task.delete()
        deliver("ticket.updated.v1", data=ticket_state(ticket_id, status="Open"), version=7, resync=True)
        self.assertEqual(Task.objects.get().ticket_id, ticket_id)
        self.assertEqual(types_published(), ["task.assigned.v1"])

    def test_a_resync_of_a_ticket_that_has_its_task_changes_nothing(self) -> None:
        task = file_ticket()
        deliver("ticket.created.v1", data=ticket_state(task.ticket_id), version=1, resync=True)
        self.assertEqual(len(published()), 1)

    def test_a_ticket_that_is_over_when_we_hear_of_it_gets_no_task(self) -> None:
        for status in TicketProjection.OVER:
            with self.subTest(status):
                state = ticket_state(uuid7(), status=status)
                deliver("ticket.updated.v1", data=state, version=9, resync=True)
        self.assertFalse(Task.objects.exists())

    def test_a_withdrawal_that_overtakes_the_creation_leaves_no_task(self) -> None:
        ticket_id = uuid7()
        deliver("ticket.status_changed.v1", data=ticket_state(ticket_id, status="Withdrawn"), version=2)
        deliver("ticket.created.v1", data=ticket_state(ticket_id), version=1)
        self.assertFalse(Task.objects.exists())

    def test_a_new_watcher_who_is_staff_sees_the_task(self) -> None:
        task = file_ticket()
        alice = self.staff.alice
        self.assertEqual(alice.client.get(f"/api/v1/tasks/{task.id}/").status_code, 404)
        access = {"user_ids": [str(alice.id)], "roles": []}
        deliver("ticket.access_changed.v1", data=ticket_state(task.ticket_id, access=access), version=3)
        self.assertEqual(alice.client.get(f"/api/v1/tasks/{task.id}/").status_code, 200)
        access = {"user_ids": [], "roles": []}
        deliver("ticket.access_changed.v1", data=ticket_state(task.ticket_id, access=access), version=4)
        self.assertEqual(alice.client.get(f"/api/v1/tasks/{task.id}/").status_code, 404)

    def test_the_ticket_following_our_own_task_does_not_touch_it(self) -> None:
        task = file_ticket()
        for version, status in enumerate(("Open", "In Progress", "On Hold", "Resolved"), start=5):
            change_ticket(task, status, version=version)
        task.refresh_from_db()
        self.assertEqual((task.status, task.version), ("assigned", 1))

    def test_takes_few_queries(self) -> None:
        ticket_id = uuid7()
        file_ticket()  # what is immutable is kept after this
        with self.assertNumQueries(25):  # four for the clocks; inbox, projection, turn, readers, log, outbox and others
            deliver("ticket.created.v1", data=ticket_state(ticket_id))


@only_postgres
class TwoConsumersTest(TransactionTestCase):
    def test_200_tickets_delivered_twice_in_any_order_by_two_consumers_make_200_tasks(self) -> None:
        seed()
        Staff()
        events = []
        for _ in range(200):
            ticket_id = uuid7()
            for kind, version in (("ticket.created.v1", 1), ("ticket.updated.v1", 2)):
                event = sample(kind)
                event["data"] |= {key: str(value) for key, value in ticket_state(ticket_id, status="New").items()}
                event |= {"event_id": str(uuid7()), "aggregate_id": str(ticket_id), "version": version}
                events += [event, event]
        OutboxEvent.objects.all().delete()

        def consume(seed_number: int) -> None:
            mine = list(events)
            random.Random(seed_number).shuffle(mine)
            for event in mine:
                receive(event)
            connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(consume, (1, 2)))

        self.assertFalse(InboxEvent.objects.exclude(state=InboxEvent.State.DONE).exists())
        self.assertEqual(Task.objects.count(), 200)
        self.assertEqual(Task.objects.values("ticket_id").distinct().count(), 200)
        self.assertEqual(len(published("task.assigned.v1")), 200)
        self.assertFalse(Task.objects.exclude(status="assigned").exists())
