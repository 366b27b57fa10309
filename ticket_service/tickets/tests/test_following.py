"""The ticket follows its task, in whatever order and however often its events arrive."""

import itertools

from django.test import TestCase

from eventbus import testing as bus
from eventbus.inbox import Outcome
from eventbus.models import InboxEvent
from servicekit.ids import uuid7
from tickets.models import HistoryEntry, Ticket
from tickets.tests.cast import EMPLOYEE, Cast, Task, TicketTestCase


class FollowingTest(TicketTestCase):
    def test_life_of_a_task_is_the_life_of_its_ticket(self):
        ticket = self.file()
        task = Task(ticket, role="tts:ticket-coordinator")
        steps = [
            (lambda: task.assigned(self.cora), "Open", self.cora),
            (task.started, "In Progress", self.cora),
            (lambda: task.step_completed("tts:agent"), "In Progress", None),
            (lambda: task.assigned(self.gina), "In Progress", self.gina),
            (task.started, "In Progress", self.gina),
            (task.held, "On Hold", self.gina),
            (task.resumed, "In Progress", self.gina),
            (task.completed, "Resolved", self.gina),
        ]
        for happens, status, assignee in steps:
            self.assertEqual(happens(), Outcome.HANDLED)
            ticket = self.reload(ticket)
            self.assertEqual((ticket.status, ticket.assignee_id), (status, assignee and assignee.user_id))
        self.assertEqual(ticket.resolution, "Battery replaced.")
        self.assertIsNotNone(ticket.resolved_at)
        moves = [(event["change"]["previous_status"], event["data"]["status"]) for event in self.moves()]
        self.assertEqual(
            moves,
            [
                ("New", "Open"),
                ("Open", "In Progress"),
                ("In Progress", "On Hold"),
                ("On Hold", "In Progress"),
                ("In Progress", "Resolved"),
            ],
        )

    def moves(self):
        return bus.published("ticket.status_changed.v1")

    def test_each_change_names_the_tasks_actor_and_request(self):
        ticket = self.file()
        cora = {"id": str(self.cora.user_id), "kind": "user", "name": "Cora"}
        Task(ticket).assigned(self.gina, actor=cora, request_id="story-2")
        entries = HistoryEntry.objects.filter(request_id="story-2")
        self.assertEqual({entry.field for entry in entries}, {"status", "assignee_id"})
        self.assertEqual([entry.actor for entry in entries], [cora, cora])
        event = self.moves()[-1]
        self.assertEqual((event["actor"], event["request_id"]), (cora, "story-2"))

    def test_one_event_makes_one_version(self):
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        self.assertEqual(self.reload(ticket).version, 2)
        self.assertEqual(
            [(event["type"], event["version"]) for event in bus.published()[1:]],
            [("ticket.status_changed.v1", 2), ("ticket.access_changed.v1", 2)],
        )

    def test_another_assignee_alone_is_an_update(self):
        ticket = self.file()
        task = Task(ticket)
        task.assigned(self.gina)
        task.assigned(self.max)
        task.assigned(self.gina)
        event = bus.published()[-1]
        self.assertEqual((event["type"], event["change"]), ("ticket.updated.v1", {"fields": ["assignee_id"]}))

    def test_changed_hands_reach_the_ticket(self):
        ticket = self.file()
        task = Task(ticket)
        task.assigned(self.gina)
        for event, who in (("transferred", self.max), ("escalated", self.cora), ("moved", self.gina)):
            task.state["assignee_id"] = str(who.user_id)
            task.state["assignee_ids"] = sorted({*task.state["assignee_ids"], str(who.user_id)})
            self.assertEqual(task.tell(event), Outcome.HANDLED)
            self.assertEqual(self.reload(ticket).assignee_id, who.user_id)

    def test_an_approval_opens_the_ticket_for_all_who_are_asked_and_has_no_assignee(self):
        ticket = self.file()
        task = Task(ticket)
        task.in_approval(self.gina, self.max)
        task.tell("decided")
        ticket = self.reload(ticket)
        self.assertEqual((ticket.status, ticket.assignee_id), ("Open", None))
        self.assertEqual(self.max.get(self.url(ticket)).status_code, 200)
        task.state["started_at"] = "2026-11-21T09:00:00.000000Z"
        task.tell("decided")
        self.assertEqual(self.reload(ticket).status, "In Progress")

    def test_unrouted_and_queued_tickets_stay_new(self):
        for event, status in (("unrouted", "unrouted"), ("step_completed", "queued")):
            ticket = self.file()
            task = Task(ticket)
            task.state |= {"status": status, "step_roles": []}
            task.tell(event)
            self.assertEqual(self.reload(ticket).status, "New")

    def test_duplicate_changes_nothing(self):
        ticket = self.file()
        task, event_id = Task(ticket), uuid7()
        self.assertEqual(task.assigned(self.gina, event_id=event_id), Outcome.HANDLED)
        count = len(bus.published())
        self.assertEqual(task.assigned(self.gina, event_id=event_id, version=1), Outcome.DUPLICATE)
        self.assertEqual(task.assigned(self.gina, version=1), Outcome.HANDLED)  # the state again, as a resync tells it
        self.assertEqual(len(bus.published()), count)
        self.assertEqual(self.reload(ticket).version, 2)

    def test_older_state_is_ignored(self):
        ticket = self.file()
        task = Task(ticket)
        task.completed(version=9)
        task.assigned(self.gina, version=3)
        task.held(version=4)
        ticket = self.reload(ticket)
        self.assertEqual((ticket.status, ticket.task_version), ("Resolved", 9))
        self.assertEqual(self.gina.get(self.url(ticket)).status_code, 200)  # through the step's role

    def test_later_task_takes_over_and_the_earlier_one_is_not_heard_again(self):
        ticket = self.file()
        first, second = Task(ticket), Task(ticket)
        first.completed(version=20)
        second.assigned(self.gina, version=1)
        self.assertEqual(self.reload(ticket).status, "Open")
        self.assertIsNone(self.reload(ticket).resolved_at)
        first.completed(version=21)
        self.assertEqual(self.reload(ticket).status, "Open")

    def test_what_a_person_has_ended_stays_ended(self):
        ticket = self.file()
        task = Task(ticket)
        task.assigned(self.gina)
        self.alice.post(self.url(ticket, "withdrawal"))
        self.assertEqual((task.started(), task.cancelled()), (Outcome.HANDLED, Outcome.HANDLED))
        ticket = self.reload(ticket)
        self.assertEqual((ticket.status, ticket.assignee_id), ("Withdrawn", self.gina.user_id))
        self.assertEqual(ticket.task_version, 3)

    def test_cancelled_task_leaves_the_status(self):
        ticket = self.file()
        task = Task(ticket)
        task.assigned(self.gina)
        task.cancelled(reason="moved")
        self.assertEqual(self.reload(ticket).status, "Open")

    def test_event_about_an_unknown_ticket_waits(self):
        unknown = Ticket(pk=uuid7(), number="TTS-2026-000404")
        self.assertEqual(Task(unknown).assigned(self.gina), Outcome.PARKED)
        row = InboxEvent.objects.get(state=InboxEvent.State.RETRY)
        self.assertIn("is not here", row.last_error)
        self.assertEqual(bus.deliver("comment.created.v1", data={"ticket_id": str(uuid7())}), Outcome.PARKED)

    def test_last_public_reply_is_the_latest_in_whatever_order(self):
        ticket = self.file()
        for hour in ("10", "12", "11"):
            bus.deliver(
                "comment.created.v1",
                data={"id": str(uuid7()), "ticket_id": str(ticket.pk), "created_at": f"2026-11-21T{hour}:00:00Z"},
            )
        body = self.alice.get(self.url(ticket)).json()
        self.assertEqual(body["last_public_reply_at"], "2026-11-21T12:00:00.000000Z")
        self.assertEqual(body["version"], 1)


class AnyOrderTest(Cast, TestCase):
    """Every order of a task's events ends in the same ticket."""

    def test_all_orders_of_four_events_agree(self):
        ends = set()
        for order in itertools.permutations(range(4)):
            ticket = self.file()
            task = Task(ticket)
            told = []
            task.tell = lambda event, told=told, task=task: told.append((event, dict(task.state)))
            task.assigned(self.gina)
            task.started()
            task.held()
            task.completed()
            for index in order:
                event, state = told[index]
                bus.deliver(f"task.{event}.v1", data=state, version=index + 1)
            ticket.refresh_from_db()
            access = sorted(ticket.grants.values_list("grantee", "reason"))
            ends.add((ticket.status, ticket.resolution, str(access).replace(str(ticket.pk), "")))
        self.assertEqual(len(ends), 1, ends)


class AccessByTaskTest(TicketTestCase):
    def test_role_of_a_current_or_past_step_sees_the_ticket(self):
        ticket = self.file()
        self.assertEqual(self.max.get(self.url(ticket)).status_code, 404)
        task = Task(ticket)
        task.assigned(self.gina)
        self.assertEqual(self.max.get(self.url(ticket)).status_code, 200)
        task.state["step_roles"] = ["tts:ticket-coordinator"]
        task.assigned(self.cora)
        self.assertEqual(self.max.get(self.url(ticket)).status_code, 200)
        told = bus.published("ticket.access_changed.v1")[-1]["data"]["access"]
        self.assertIn("tts:agent", told["roles"])
        self.assertEqual(told["user_ids"], sorted(str(who.user_id) for who in (self.alice, self.gina, self.cora)))

    def test_step_of_employees_does_not_open_the_ticket_to_all_of_them(self):
        ticket = self.file()
        task = Task(ticket, role=EMPLOYEE)
        task.assigned(self.alice)
        self.assertEqual(self.bob.get(self.url(ticket)).status_code, 404)
        self.assertNotIn(EMPLOYEE, str(bus.published()))
