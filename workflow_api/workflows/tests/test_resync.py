"""`manage.py resync task` says again what every task is now."""

from io import StringIO

from django.core.management import call_command
from django.test import TransactionTestCase

from eventbus.models import OutboxEvent
from eventbus.testing import published
from workflows.models import Task
from workflows.tests.cast import Staff, change_ticket, file_ticket, one_step, publish, seed


class ResyncTest(TransactionTestCase):
    """As the command runs: in no transaction but its own."""

    def test_each_status_is_repeated_by_the_event_that_leads_to_it(self) -> None:
        seed()
        publish(one_step("quick", category="quick"))
        staff = Staff()
        expected = {file_ticket().id: "task.assigned.v1"}

        started = file_ticket()
        staff.carla.act(started, "start")
        expected[started.id] = "task.started.v1"

        held = file_ticket()
        staff.carla.act(held, "hold", {"reason": "Waiting."})
        expected[held.id] = "task.held.v1"

        done = file_ticket(category="quick")
        staff.alice.do_step(done, "done")
        expected[done.id] = "task.completed.v1"

        cancelled = file_ticket()
        change_ticket(cancelled, "Withdrawn")
        expected[cancelled.id] = "task.cancelled.v1"

        staff.carla.tell(active=False)
        expected[file_ticket().id] = "task.unrouted.v1"

        OutboxEvent.objects.all().delete()
        call_command("resync", "task", stdout=StringIO())
        events = published()
        versions = {str(pk): version for pk, version in Task.objects.values_list("pk", "version")}
        self.assertEqual(
            {event["aggregate_id"]: event["type"] for event in events},
            {str(pk): event_type for pk, event_type in expected.items()},
        )
        for event in events:
            self.assertTrue(event["resync"])
            self.assertEqual(event["version"], versions[event["aggregate_id"]])
