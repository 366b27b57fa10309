"""What was promised: answers and the solution in business time, warned of before, missed at the deadline, explained."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import time_machine
from django.test import TestCase

from eventbus.testing import deliver, published
from eventbus.ticker import ticks
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from servicekit.time import rfc3339
from workflows.models import Calendar, SlaClock, Task
from workflows.selectors import task_get
from workflows.services import escalation
from workflows.services.actions import task_hold
from workflows.services.escalation import sla_tick
from workflows.services.recording import task_record
from workflows.tests.cast import ADMIN, Someone, Staff, change_ticket, file_ticket, seed, ticket_state, types_published

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)  # a Tuesday
OFFICE = {"monday": [["08:00", "12:00"], ["13:00", "17:00"]], "tuesday": [["08:00", "12:00"], ["13:00", "17:00"]]}


def at(hours: float) -> Any:
    """Stand so many hours after nine o'clock."""
    return time_machine.travel(NINE + timedelta(hours=hours), tick=False)


class SlaCase(TestCase):
    """IT Support, High: first answer within an hour, further ones within two, solution within eight."""

    def setUp(self) -> None:
        seed()
        self.staff = Staff()
        self.carla, self.alice = self.staff.carla, self.staff.alice
        with at(0):
            self.task = file_ticket(created_at=rfc3339(NINE), priority="High")

    def comment(self, hours: float, *, staff: bool) -> None:
        author = self.carla.id if staff else self.task.ticket.requester_id
        state = {"id": uuid7(), "ticket_id": self.task.ticket_id, "author_id": author, "author_is_staff": staff}
        with at(hours):
            deliver("comment.created.v1", data=state | {"created_at": rfc3339(NINE + timedelta(hours=hours))})

    def tick(self, hours: float) -> list[str]:
        """The SLA events of a tick at that time, as `type clock`."""
        before = len(published())
        with at(hours):
            sla_tick()
        news = [event for event in published()[before:] if ".sla_" in event["type"]]
        return [f"{event['type'].split('.')[1]} {event['change']['clock']}" for event in news]

    def due(self, kind: str) -> float | None:
        """Hours after nine o'clock of the newest clock of a kind."""
        due_at = SlaClock.objects.filter(kind=kind).latest("started_at").due_at
        return None if due_at is None else (due_at - NINE) / timedelta(hours=1)


class DeadlineTest(SlaCase):
    def test_a_warning_comes_before_and_a_breach_at_the_deadline_each_once(self) -> None:
        self.comment(0.1, staff=True)
        self.assertEqual(self.tick(6.39), [])
        self.assertEqual(self.tick(6.41), ["sla_warning resolution"])
        self.assertEqual(self.tick(7.99), [])
        self.assertEqual(self.tick(8), ["sla_breached resolution"])
        self.assertEqual(self.tick(9), [])
        change = published("task.sla_breached.v1")[0]["change"]
        self.assertEqual(change, {"clock": "resolution", "due_at": "2026-12-01T17:00:00.000000Z"})

    def test_the_ticker_looks_often_enough_to_tell_of_a_breach_within_30_seconds(self) -> None:
        from workflows.tasks import meet_deadlines

        (tick,) = [tick for tick in ticks if tick.function is meet_deadlines]
        self.assertLessEqual(tick.seconds, 15)
        with at(8.001):
            tick.function()
        self.assertIn("task.sla_breached.v1", types_published())

    def test_nobody_is_warned_of_a_deadline_that_stands_still(self) -> None:
        self.comment(0.1, staff=True)
        with at(6.41):  # its warning is due, and no tick has come
            self.carla.act(self.task, "start")
            self.carla.act(self.task, "hold", {"reason": "Waiting for a part."})
        self.assertEqual(self.tick(6.5), [])
        with at(10):
            self.carla.act(self.task, "resumption")
        self.assertEqual(self.tick(10.1), ["sla_warning resolution"])

    def test_one_task_that_cannot_be_told_of_holds_up_no_other(self) -> None:
        with at(0):
            other = file_ticket(created_at=rfc3339(NINE), priority="High")

        def record(*, task: Task, **rest: Any) -> None:
            if task.pk == self.task.pk:
                raise ValueError("broken")
            task_record(task=task, **rest)

        with patch.object(escalation, "task_record", record), self.assertLogs("eventbus", "ERROR") as logs:
            self.assertEqual(self.tick(9), ["sla_breached first_response", "sla_breached resolution"])
        self.assertEqual({event["aggregate_id"] for event in published("task.sla_breached.v1")}, {str(other.pk)})
        self.assertIn("broken", logs.output[0])
        self.assertEqual(self.tick(9), ["sla_breached first_response", "sla_breached resolution"])

    def test_a_clock_that_ends_before_its_task_is_locked_is_not_missed(self) -> None:
        self.comment(0.1, staff=True)
        lock = Task.objects.select_for_update

        def end_and_lock(**how: Any) -> Any:
            SlaClock.objects.update(ended_at=NINE + timedelta(hours=8))
            return lock(**how)

        with patch.object(Task.objects, "select_for_update", end_and_lock):
            self.assertEqual(self.tick(8), [])

    def test_after_an_outage_only_the_breach_is_told(self) -> None:
        self.assertEqual(self.tick(20), ["sla_breached first_response", "sla_breached resolution"])

    def test_an_answer_in_time_ends_the_first_clock_and_a_question_starts_the_next(self) -> None:
        self.comment(0.5, staff=True)
        self.comment(1, staff=False)
        self.comment(1.5, staff=False)
        self.assertEqual(self.due("first_response"), 1)
        self.assertEqual(self.due("next_response"), 3)
        self.assertEqual(self.tick(2.7), ["sla_warning next_response"])
        self.comment(2.9, staff=True)
        self.assertEqual(self.tick(3.1), [])

    def test_comments_that_arrive_late_or_in_another_order_count_when_they_were_written(self) -> None:
        self.comment(1, staff=False)
        self.comment(0.5, staff=True)
        self.assertEqual(self.due("next_response"), 3)
        self.assertEqual(SlaClock.objects.get(kind="first_response").ended_at, NINE + timedelta(hours=0.5))

    def test_a_question_that_arrives_late_moves_the_begin_of_the_next_answer(self) -> None:
        self.comment(0.5, staff=True)
        self.comment(2, staff=False)
        self.assertEqual(self.due("next_response"), 4)
        self.comment(1.5, staff=False)
        self.assertEqual(self.due("next_response"), 3.5)
        self.assertEqual(SlaClock.objects.filter(kind="next_response").count(), 1)

    def test_what_is_said_after_the_end_answers_nothing(self) -> None:
        with at(0.5):
            change_ticket(self.task, "Withdrawn", created_at=rfc3339(NINE))
        self.comment(3, staff=True)
        first = SlaClock.objects.get(kind="first_response")
        self.assertEqual(first.ended_at, NINE + timedelta(hours=0.5))

    def test_a_hold_stops_the_clocks(self) -> None:
        self.comment(0.5, staff=True)
        with at(2):
            self.carla.act(self.task, "hold", {"reason": "Waiting for a part."})
        self.assertIsNone(self.due("resolution"))
        self.assertEqual(self.tick(30), [])
        with at(30):
            self.carla.act(self.task, "resumption")
        self.assertEqual(self.due("resolution"), 36)
        self.assertEqual(self.tick(36), ["sla_breached resolution"])

    def test_a_new_priority_moves_the_deadlines(self) -> None:
        with at(1):
            change_ticket(self.task, "Open", priority="Critical", created_at=rfc3339(NINE))
        self.assertEqual((self.due("resolution"), self.due("first_response")), (4, 0.5))
        self.task.refresh_from_db()
        self.assertEqual(self.task.resolution_due_at, NINE + timedelta(hours=4))

    def test_a_priority_that_changes_while_somebody_acts_counts(self) -> None:
        actor = self.carla.client.principal
        with at(1):
            self.carla.act(self.task, "start")
            seen = task_get(actor=actor, task_id=self.task.id)
            change_ticket(self.task, "Open", priority="Low", created_at=rfc3339(NINE))
            task_hold(seen=seen, actor=actor, reason="Wait.")
        targets = dict(SlaClock.objects.filter(task=self.task).values_list("kind", "target_minutes"))
        self.assertEqual(targets["resolution"], self.task.workflow_version.sla_minutes["Low"])

    def test_a_breach_that_a_new_priority_takes_back_can_come_again(self) -> None:
        self.comment(0.5, staff=True)
        self.assertEqual(self.tick(8), ["sla_breached resolution"])
        with at(9):
            change_ticket(self.task, "Open", priority="Medium", created_at=rfc3339(NINE))
        self.assertEqual(self.tick(24), ["sla_breached resolution"])

    def test_what_is_over_is_not_missed_any_more(self) -> None:
        with at(1):
            change_ticket(self.task, "Withdrawn", created_at=rfc3339(NINE))
        self.assertEqual(self.tick(50), [])

    def test_clocks_of_a_task_that_began_without_them_are_made(self) -> None:
        SlaClock.objects.all().delete()
        with at(0.1):
            sla_tick()
        self.assertEqual(self.due("resolution"), 8)


class EscalationTest(SlaCase):
    def setUp(self) -> None:
        super().setUp()
        self.comment(0.1, staff=True)
        with at(1):
            self.carla.do_step(self.task, "accept")  # Alice's step; it escalates to the coordinators

    def test_a_breach_gives_the_step_to_its_escalation_role(self) -> None:
        self.tick(8)
        self.task.refresh_from_db()
        self.assertEqual((self.task.assignee_id, self.task.status), (self.carla.id, "assigned"))
        self.assertEqual(types_published()[-3:], ["task.sla_breached.v1", "task.escalated.v1", "task.assigned.v1"])
        change = published("task.escalated.v1")[0]["change"]
        self.assertEqual((change["previous_assignee_id"], change["reason"]), (str(self.alice.id), "sla_breached"))
        with at(8):
            self.assertEqual(self.alice.act(self.task, "start").status_code, 409)
            self.assertEqual(self.carla.do_step(self.task, "resolved").status_code, 200)

    def test_a_second_breach_escalates_no_second_time(self) -> None:
        Someone("Conrad", "tts:ticket-coordinator")  # who would be the next
        self.comment(1, staff=False)
        self.assertEqual(self.tick(4), ["sla_breached next_response"])
        self.assertEqual(self.tick(8), ["sla_breached resolution"])
        self.assertEqual(len(published("task.escalated.v1")), 1)

    def test_without_anybody_to_escalate_to_it_stays_where_it_is(self) -> None:
        self.carla.tell(active=False)
        self.assertEqual(self.tick(8), ["sla_breached resolution"])
        self.assertEqual(Task.objects.get().assignee_id, self.alice.id)
        self.assertEqual(published("task.escalated.v1"), [])


class ExplainTest(SlaCase):
    def explain(self, hours: float) -> dict[str, Any]:
        with at(hours):
            answer = self.carla.client.get(f"/api/v1/tasks/{self.task.id}/sla/explain/")
        self.assertEqual(answer.status_code, 200, answer.content)
        return {clock["clock"]: clock for clock in answer.json()["clocks"]}

    def test_says_what_counted_and_what_was_paused(self) -> None:
        with at(2):
            self.carla.act(self.task, "hold", {"reason": "Waiting."})
        self.assertEqual(self.explain(3)["resolution"]["state"], "paused")
        with at(5):
            self.carla.act(self.task, "resumption")
        clock = self.explain(6)["resolution"]
        self.assertEqual((clock["state"], clock["due_at"]), ("running", "2026-12-01T20:00:00.000000Z"))
        self.assertEqual((clock["elapsed_minutes"], clock["remaining_minutes"]), (180, 300))
        self.assertEqual([span["minutes"] for span in clock["counted"]], [120, 60])
        self.assertEqual([span["minutes"] for span in clock["paused"]], [180])

    def test_says_what_became_of_each_promise(self) -> None:
        self.comment(1.5, staff=True)
        self.assertEqual(self.explain(2)["first_response"]["state"], "missed")
        self.assertEqual(self.explain(9)["resolution"]["state"], "breached")
        self.assertEqual(self.explain(9)["resolution"]["remaining_minutes"], -60)


class CalendarTest(SlaCase):
    def setUp(self) -> None:
        super().setUp()
        self.ada = Someone("Ada", ADMIN)
        Someone("Anton", "tts:asset-manager")
        with at(0):
            # Asset Check Out, High: eight hours of office time. Tuesday 9 to 17 has seven of them.
            state = ticket_state(uuid7(), category="asset-check-out", created_at=rfc3339(NINE))
            deliver("ticket.created.v1", data=state)
        self.calendar = Calendar.objects.get()
        self.path = f"/api/v1/calendars/{self.calendar.id}/"

    def change(self, path: str = "", method: str = "put", **given: Any) -> Any:
        body = {"name": "Office", "week": OFFICE} | given
        with at(1):
            return getattr(self.ada.client, method)(path or self.path, body, headers={"If-Match": '"1"'})

    def asset_due(self) -> datetime:
        return Task.objects.get(workflow_version__workflow__key="asset-check-out").resolution_due_at

    def test_office_time_counts(self) -> None:
        self.assertEqual(self.asset_due(), datetime(2026, 12, 2, 9, tzinfo=UTC))

    def test_a_change_moves_running_deadlines(self) -> None:
        answer = self.change(holidays=["2026-12-07"])  # only Mondays and Tuesdays now, and the next Monday is free
        self.assertEqual((answer.status_code, answer["ETag"]), (200, '"2"'), answer.content)
        with at(1):
            sla_tick()
        self.assertEqual(self.asset_due(), datetime(2026, 12, 8, 9, tzinfo=UTC))
        with at(1):
            sla_tick()
        self.assertEqual(self.asset_due(), datetime(2026, 12, 8, 9, tzinfo=UTC))

    def test_a_preview_says_so_and_stores_nothing(self) -> None:
        with at(1):
            body = {"week": OFFICE, "holidays": ["2026-12-07"]}
            answer = self.ada.client.post(f"{self.path}preview/", body).json()
        moved = {row["clock"]: row["would_be_due_at"] for row in answer["moved"]}
        self.assertEqual((answer["tasks"], moved), (1, {"resolution": "2026-12-08T09:00:00.000000Z"}))
        self.assertEqual(Calendar.objects.get().version, 1)
        self.assertEqual(self.asset_due(), datetime(2026, 12, 2, 9, tzinfo=UTC))

    def test_a_change_needs_the_version_that_was_seen(self) -> None:
        self.change()
        assert_problem(self.change(), 412, "precondition_failed")

    def test_a_new_calendar_and_its_key(self) -> None:
        answer = self.change("/api/v1/calendars/", "post", key="nights", time_zone="Europe/Berlin")
        self.assertEqual((answer.status_code, answer.json()["time_zone"]), (201, "Europe/Berlin"))
        assert_problem(self.change("/api/v1/calendars/", "post", key="nights"), 409, "calendar_key_taken")

    def test_what_is_no_calendar_is_refused(self) -> None:
        for given in (
            {"time_zone": "Mars/Olympus"},
            {"week": {}},
            {"week": {"monday": [["12:00", "08:00"]]}},
            {"week": {"monday": [["08:00", "12:00"], ["11:00", "13:00"]]}},
            {"week": {"monday": [["8", "12:00"]]}},
            {"week": {"monday": [["08:00"]]}},
            {"week": {"someday": [["08:00", "12:00"]]}},
            {"holidays": ["2026-02-30"]},
            {"name": ""},
        ):
            with self.subTest(given):
                assert_problem(self.change(**given), 400, "validation_error")
