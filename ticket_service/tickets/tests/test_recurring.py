"""A template becomes a ticket again and again: each occurrence once, whatever happens in between."""

import threading
from contextlib import nullcontext
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest import mock, skipUnless

import time_machine
from django.db import OperationalError, connection, transaction
from django.test import TestCase, TransactionTestCase, tag
from django.utils import timezone

from eventbus import testing as bus
from eventbus.ticker import ticks
from servicekit.testing import assert_problem
from tickets import health
from tickets.models import Category, HistoryEntry, ScheduledTicket, Ticket, TicketSchedule
from tickets.services import recurring, schedules
from tickets.services.recurring import schedules_file_due
from tickets.tasks import file_recurring
from tickets.tests.cast import Cast
from tickets.tests.test_templates import TEMPLATES

SCHEDULES = "/api/v1/ticket-schedules/"
BACKUPS = {"name": "Backups", "subject": "Check the backups", "description": "All of them.", "category": "it-support"}
MORNINGS = {"rule": "FREQ=DAILY", "starts_on": "2026-01-01", "time": "09:00", "time_zone": "Europe/Berlin"}
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


class RecurringCase(Cast):
    """Every morning a ticket of Alice's to check the backups, set up by Cora."""

    template: dict[str, Any]

    def setUp(self) -> None:
        super().setUp()
        for client, name in ((self.alice, "Alice"), (self.cora, "Cora")):
            self.tell_of(client, name=name)
        self.template = self.cora.post(TEMPLATES, {**BACKUPS, "is_shared": True}).json()

    def tell_of(self, client: Any, **state: Any) -> None:
        self.told = getattr(self, "told", 0) + 1
        bus.deliver("user.changed.v1", data={"id": str(client.user_id), **state}, version=self.told)

    def body(self, **fields: Any) -> dict[str, Any]:
        who = str(self.alice.user_id)
        return {"name": "Mornings", "template_id": self.template["id"], "requester_id": who, **MORNINGS, **fields}

    def schedule(self, **fields: Any) -> TicketSchedule:
        response = self.cora.post(SCHEDULES, self.body(**fields))
        assert response.status_code == 201, response.content
        return TicketSchedule.objects.get(pk=response.json()["id"])

    def seen(self, schedule: TicketSchedule) -> dict[str, Any]:
        return self.cora.get(f"{SCHEDULES}{schedule.pk}/").json()

    def change(self, schedule: TicketSchedule, **fields: Any) -> Any:
        return self.cora.patch(f"{SCHEDULES}{schedule.pk}/", fields, headers={"If-Match": "*"})

    def due(self, schedule: TicketSchedule, *, late: timedelta = SECOND) -> datetime:
        """When the schedule's next occurrence is due, and a little later."""
        schedule.refresh_from_db()
        assert schedule.next_at is not None
        return schedule.next_at + late

    def tick(self, at: datetime) -> int:
        with time_machine.travel(at, tick=False):
            return schedules_file_due()


class FilingTest(RecurringCase, TestCase):
    def test_what_is_due_is_filed_as_any_ticket_is(self):
        schedule = self.schedule()
        due = self.due(schedule, late=timedelta())
        self.assertEqual(self.tick(due - SECOND), 0)
        self.assertEqual(self.tick(due), 1)
        ticket = Ticket.objects.get()
        self.assertEqual(
            (ticket.subject, ticket.category_id, ticket.priority, ticket.requester_id, ticket.status),
            ("Check the backups", "it-support", "Medium", self.alice.user_id, "New"),
        )
        event = bus.published("ticket.created.v1")[-1]
        self.assertEqual((event["data"]["number"], event["actor"]), (ticket.number, None))
        self.assertEqual(event["data"]["watcher_ids"], [])
        entries = {entry.field: (entry.new, entry.actor) for entry in HistoryEntry.objects.all()}
        self.assertEqual(entries, {"status": ("New", None), "schedule": ("Mornings", None)})
        self.assertEqual(self.alice.get(self.url(ticket)).status_code, 200)
        seen = self.seen(schedule)
        self.assertEqual(seen["last_ticket_number"], ticket.number)
        self.assertEqual(datetime.fromisoformat(seen["next_at"]) - due, DAY)
        filed = self.cora.get(f"{SCHEDULES}{schedule.pk}/tickets/").json()["results"]
        self.assertEqual([row["ticket"]["number"] for row in filed], [ticket.number])
        self.assertEqual(datetime.fromisoformat(filed[0]["occurrence_at"]), due)

    def test_an_occurrence_is_filed_once_however_often_one_asks(self):
        schedule = self.schedule()
        at = self.due(schedule)
        self.assertEqual([self.tick(at) for _ in range(3)], [1, 0, 0])
        self.assertEqual(self.tick(at + DAY), 1)
        self.assertEqual(Ticket.objects.count(), 2)

    def test_after_days_in_which_nobody_filed_the_latest_is_filed_and_the_others_are_not(self):
        schedule = self.schedule()
        due = self.due(schedule, late=timedelta())
        self.assertEqual([self.tick(due + 3 * DAY + HOUR), self.tick(due + 3 * DAY + 2 * HOUR)], [1, 0])
        self.assertEqual(ScheduledTicket.objects.get().occurrence_at, due + 3 * DAY)
        self.assertEqual(self.due(schedule, late=timedelta()), due + 4 * DAY)

    def test_after_the_last_day_it_is_over(self):
        today = timezone.now().date()
        schedule = self.schedule(ends_on=str(today + 2 * DAY), time="23:59", time_zone="UTC")
        while schedule.next_at is not None:
            self.assertEqual(self.tick(self.due(schedule)), 1)
            schedule.refresh_from_db()
        self.assertEqual(ScheduledTicket.objects.latest("id").occurrence_at.date(), today + 2 * DAY)
        self.assertIsNone(self.seen(schedule)["next_at"])
        self.assertEqual(self.tick(timezone.now() + 400 * DAY), 0)

    def test_the_department_is_the_requesters_unless_the_template_says_one(self):
        self.tell_of(self.alice, department="Finance")
        self.tick(self.due(self.schedule()))
        self.assertEqual(Ticket.objects.get().department, "Finance")

    def test_the_ticker_calls_it(self):
        self.assertIn(file_recurring, [tick.function for tick in ticks])


class FailureTest(RecurringCase, TestCase):
    def test_a_retired_category_is_told_on_the_schedule_and_nothing_is_lost(self):
        schedule = self.schedule()
        at = self.due(schedule)
        Category.objects.filter(pk="it-support").update(is_active=False)
        self.assertEqual(self.tick(at), 0)
        failure = self.seen(schedule)["failure"]
        self.assertEqual((failure["code"], failure["failures"]), ("category_unknown", 1))
        self.assertIn("it-support", failure["detail"])
        Category.objects.filter(pk="it-support").update(is_active=True)
        self.assertEqual(self.tick(at + 5 * MINUTE), 1)
        self.assertIsNone(self.seen(schedule)["failure"])
        self.assertEqual(ScheduledTicket.objects.get().occurrence_at, at - SECOND)

    def test_a_suspended_requester_is_told_too(self):
        schedule = self.schedule()
        self.tell_of(self.alice, is_active=False)
        self.tick(self.due(schedule))
        self.assertEqual(self.seen(schedule)["failure"]["code"], "requester_unknown")
        self.assertEqual((Ticket.objects.count(), bus.published("ticket.created.v1")), (0, []))

    def test_it_is_tried_again_ever_more_rarely(self):
        schedule = self.schedule(rule="FREQ=MONTHLY")
        Category.objects.filter(pk="it-support").update(is_active=False)
        at = self.due(schedule)
        waits = []
        for _ in range(6):
            self.tick(at)
            schedule.refresh_from_db()
            waits.append((schedule.attempt_at - at) // MINUTE)
            self.tick(schedule.attempt_at - SECOND)
            at = schedule.attempt_at
        self.assertEqual(waits, [5, 10, 20, 40, 60, 60])

    def health(self) -> tuple[str, str, dict[str, object]]:
        with mock.patch("tickets.health.own_connection", nullcontext):
            result = health.schedules()
        return result.status, result.code, dict(result.detail)

    def test_a_probe_warns_while_one_fails(self):
        schedule, fine = self.schedule(), self.schedule(name="Fine")
        self.assertEqual(self.health(), ("pass", "", {"failing": 0}))
        with mock.patch("tickets.services.recurring.ticket_file", side_effect=ValueError("no")), self.assertLogs():
            self.tick(self.due(schedule))
        self.assertEqual(self.health(), ("warn", "failing", {"failing": 2}))
        self.change(fine, is_active=False)
        self.assertEqual(self.health(), ("warn", "failing", {"failing": 1}))
        self.tick(self.due(schedule, late=HOUR))
        self.assertEqual(self.health(), ("pass", "", {"failing": 0}))

    def test_what_has_failed_until_the_next_occurrence_gives_way_to_it(self):
        schedule = self.schedule()
        at = self.due(schedule)
        Category.objects.filter(pk="it-support").update(is_active=False)
        self.tick(at)
        Category.objects.filter(pk="it-support").update(is_active=True)
        self.assertEqual(self.tick(at + DAY), 1)
        self.assertEqual(ScheduledTicket.objects.get().occurrence_at, at + DAY - SECOND)

    def test_one_that_cannot_be_filed_does_not_keep_the_others_waiting(self):
        first, second = self.schedule(name="first"), self.schedule(name="second")
        original = recurring.ticket_file

        def refuse(**fields: Any) -> Any:
            if fields["schedule"] == "first":
                raise ZeroDivisionError
            return original(**fields)

        with (
            mock.patch.object(recurring, "ticket_file", refuse),
            self.assertLogs("tickets.services.recurring", "ERROR"),
        ):
            self.assertEqual(self.tick(self.due(first)), 1)
        self.assertEqual(self.seen(first)["failure"]["code"], "internal_error")
        self.assertNotIn("Zero", self.seen(first)["failure"]["detail"])
        self.assertEqual(self.seen(second)["last_ticket_number"], Ticket.objects.get().number)

    def test_a_database_that_is_away_says_nothing_of_the_schedule(self):
        schedule = self.schedule()
        at = self.due(schedule)
        with (
            mock.patch.object(recurring, "ticket_file", side_effect=OperationalError),
            mock.patch.object(connection, "is_usable", return_value=False),
        ):
            self.assertRaises(OperationalError, self.tick, at)
        self.assertIsNone(self.seen(schedule)["failure"])
        self.assertEqual(self.tick(at), 1)

    def test_what_is_put_right_is_tried_at_once(self):
        schedule = self.schedule()
        at = self.due(schedule)
        self.tell_of(self.alice, is_active=False)
        self.tick(at)
        self.assertEqual(self.change(schedule, requester_id=str(self.cora.user_id)).status_code, 200)
        self.assertEqual(self.tick(at + SECOND), 1)
        self.assertEqual(Ticket.objects.get().requester_id, self.cora.user_id)

    def test_nothing_of_a_filing_that_stopped_half_way_is_left(self):
        schedule = self.schedule()
        at = self.due(schedule)

        class Killed(BaseException):
            """The process ends between the ticket and the mark on the schedule."""

        with mock.patch.object(recurring, "forget_failure", side_effect=Killed):
            self.assertRaises(Killed, self.tick, at)
        self.assertEqual(Ticket.objects.count(), 0)
        self.assertEqual([self.tick(at), self.tick(at)], [1, 0])


class KeepingTest(RecurringCase, TestCase):
    def test_a_template_must_be_the_desks_and_have_all_that_a_ticket_needs(self):
        own = self.cora.post(TEMPLATES, {**BACKUPS, "name": "Own"}).json()["id"]
        half = self.cora.post(TEMPLATES, {"name": "Half", "subject": "s", "is_shared": True}).json()["id"]
        form = {"name": "Form", "subject": "s", "description": "d", "category": "asset-check-out", "is_shared": True}
        lacking = self.cora.post(TEMPLATES, form).json()["id"]
        for template_id, code in {
            own: "template_unknown",
            str(self.alice.user_id): "template_unknown",
            half: "template_incomplete",
            lacking: "custom_fields_invalid",
        }.items():
            assert_problem(self.cora.post(SCHEDULES, self.body(template_id=template_id)), 400, code)

    def test_a_template_by_which_tickets_recur_stays(self):
        schedule = self.schedule()
        url = f"{TEMPLATES}{self.template['id']}/"
        assert_problem(self.cora.delete(url), 409, "template_in_use")
        response = self.cora.patch(url, {"is_shared": False}, headers={"If-Match": "*"})
        assert_problem(response, 409, "template_in_use")
        self.assertEqual(self.cora.get(url).json()["is_shared"], True)
        self.assertEqual(self.cora.delete(f"{SCHEDULES}{schedule.pk}/").status_code, 204)
        self.assertEqual(self.cora.delete(url).status_code, 204)

    def test_requesters_are_people_who_are_there(self):
        self.tell_of(self.bob, is_active=False)
        for client in (self.bob, self.max):
            response = self.cora.post(SCHEDULES, self.body(requester_id=str(client.user_id)))
            assert_problem(response, 400, "requester_unknown")

    def test_times_that_will_not_do_are_refused_with_the_reason(self):
        for fields, field, code in (
            ({"rule": "FREQ=SECONDLY"}, "rule", "rule_refused"),
            ({"time": "9:00"}, "time", "invalid"),
            ({"time": "24:00"}, "time", "invalid"),
            ({"time_zone": "Europe/Atlantis"}, "time_zone", "time_zone_unknown"),
            ({"starts_on": "1999-12-31"}, "starts_on", "out_of_range"),
            ({"ends_on": "2100-01-01"}, "ends_on", "out_of_range"),
            ({"count": 3}, "count", "unknown_field"),
        ):
            errors = assert_problem(self.cora.post(SCHEDULES, self.body(**fields)), 400, "validation_error")["errors"]
            self.assertEqual([(error["field"], error["code"]) for error in errors], [(field, code)])
        for never in ({"ends_on": "2026-01-02"}, {"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}):
            assert_problem(self.cora.post(SCHEDULES, self.body(**never)), 400, "schedule_over")

    def test_a_pause_leaves_out_what_falls_into_it(self):
        schedule = self.schedule()
        at = self.due(schedule)
        self.assertEqual(self.change(schedule, is_active=False).json()["next_at"], None)
        self.assertEqual(self.tick(at), 0)
        TicketSchedule.objects.filter(pk=schedule.pk).update(next_at=timezone.now() - 5 * DAY)
        again = self.change(schedule, is_active=True).json()
        self.assertGreater(datetime.fromisoformat(again["next_at"]), timezone.now())

    def test_another_time_counts_from_now(self):
        schedule = self.schedule(time="09:00")
        TicketSchedule.objects.filter(pk=schedule.pk).update(next_at=timezone.now() - DAY, failures=2)
        changed = self.change(schedule, time="10:00").json()
        self.assertGreater(datetime.fromisoformat(changed["next_at"]), timezone.now())
        self.assertIsNone(changed["failure"])

    def test_another_name_leaves_what_is_due(self):
        schedule = self.schedule()
        at = self.due(schedule)
        self.assertEqual(self.change(schedule, name="Backups").json()["version"], 2)
        self.assertEqual(self.tick(at), 1)

    def test_of_two_changes_one_wins_and_filing_is_none(self):
        schedule = self.schedule()
        url = f"{SCHEDULES}{schedule.pk}/"
        assert_problem(self.cora.patch(url, {"name": "x"}), 428, "precondition_required")
        self.tick(self.due(schedule))
        self.assertEqual(self.cora.patch(url, {"name": "First"}, headers={"If-Match": '"1"'})["ETag"], '"2"')
        assert_problem(self.cora.patch(url, {"name": "Other"}, headers={"If-Match": '"1"'}), 412, "precondition_failed")

    def test_the_desk_has_a_limited_number(self):
        self.schedule()
        with mock.patch.object(schedules, "MAX_SCHEDULES", 1):
            assert_problem(self.cora.post(SCHEDULES, self.body()), 409, "too_many_schedules")

    def test_a_retried_request_keeps_one(self):
        answers = [self.cora.post(SCHEDULES, self.body(), headers={"Idempotency-Key": "k"}) for _ in range(2)]
        self.assertEqual(answers[0].json(), answers[1].json())
        self.assertEqual(TicketSchedule.objects.count(), 1)

    def test_a_preview_shows_what_would_be_filed(self):
        query = {**MORNINGS, "rule": "FREQ=WEEKLY;BYDAY=MO", "time_zone": "UTC"}
        found = self.cora.get(f"{SCHEDULES}preview/", query).json()["occurrences"]
        moments = [datetime.fromisoformat(text) for text in found]
        self.assertEqual([moment.weekday() for moment in moments], [0] * 5)
        self.assertTrue(all(later - earlier == 7 * DAY for earlier, later in pairwise(moments)))
        never = self.cora.get(f"{SCHEDULES}preview/", {**query, "ends_on": "2026-01-01"}).json()
        self.assertEqual(never["occurrences"], [])
        response = self.cora.get(f"{SCHEDULES}preview/", {**query, "rule": "FREQ=MINUTELY"})
        assert_problem(response, 400, "validation_error")


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "two sessions at once need PostgreSQL")
class RaceTest(RecurringCase, TransactionTestCase):
    def elsewhere(self, work: Any) -> threading.Thread:
        """Runs `work` in a session of its own."""

        def run() -> None:
            try:
                work()
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def test_workers_that_file_at_once_file_each_occurrence_once(self):
        many = [self.schedule(name=f"n{n}") for n in range(5)]
        for schedule in many:
            TicketSchedule.objects.filter(pk=schedule.pk).update(next_at=timezone.now(), attempt_at=timezone.now())
        counts, start = [], threading.Barrier(4)

        def work() -> None:
            start.wait()
            counts.append(schedules_file_due())

        for thread in [self.elsewhere(work) for _ in range(4)]:
            thread.join()
        self.assertEqual((sum(counts), Ticket.objects.count(), len(counts)), (5, 5, 4))
        self.assertEqual(ScheduledTicket.objects.values("schedule").distinct().count(), 5)

    def test_a_worker_leaves_what_another_has_in_hand_and_finds_it_done(self):
        schedule = self.schedule()
        TicketSchedule.objects.filter(pk=schedule.pk).update(next_at=timezone.now(), attempt_at=timezone.now())
        counts = []
        with transaction.atomic():
            self.assertEqual(schedules_file_due(), 1)
            self.elsewhere(lambda: counts.append(schedules_file_due())).join()
        self.elsewhere(lambda: counts.append(schedules_file_due())).join()
        self.assertEqual((counts, Ticket.objects.count()), ([0, 0], 1))
