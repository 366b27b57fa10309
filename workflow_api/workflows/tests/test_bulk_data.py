"""Made-up tasks look like real ones to lists, tickers and readers."""

from io import StringIO
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils import timezone

from eventbus.testing import published
from workflows.models import SlaClock, Step, Task, TaskItem, WorkflowVersion
from workflows.services.bulk_seeding import tasks_seed_bulk
from workflows.services.escalation import sla_tick
from workflows.services.rerouting import unrouted_retry
from workflows.tests.cast import Staff, seed


class BulkDataTest(TestCase):
    def setUp(self) -> None:
        seed()
        self.staff = Staff()
        for name, value in (("BATCH", 50), ("MADE_UP_REQUESTERS", 5), ("MADE_UP_WORKERS", 1)):
            self.enterContext(mock.patch(f"workflows.services.bulk_seeding.{name}", value))
        self.enterContext(mock.patch("workflows.bulk_data.DAYS", 20))  # most of them are still open

    def make(self, count: int = 120) -> None:
        tasks_seed_bulk(count=count, until=timezone.now(), progress=lambda stored: None)

    def test_tasks_of_every_status_and_workflow_are_there(self) -> None:
        self.make()  # more than a batch
        self.assertEqual(Task.objects.count(), 120)
        missing = set(Task.Status) - set(Task.objects.values_list("status", flat=True))
        self.assertLessEqual(missing, {"queued", "in_approval", "unrouted"})  # fleeting, and rare
        self.assertEqual(
            Task.objects.exclude(workflow_version=None).values("workflow_version").distinct().count(),
            WorkflowVersion.objects.count(),
        )

    def test_open_turns_are_those_of_their_status(self) -> None:
        self.make()
        for task in Task.objects.select_related("current_step"):
            open_turns = TaskItem.objects.filter(task=task, completed_at=None, released_at=None)
            with self.subTest(task.status):
                self.assertEqual(open_turns.count(), int(task.status in Task.OPEN and task.status != "unrouted"))
                self.assertEqual(task.version, task.log.count())
                if task.status == "in_approval":
                    self.assertEqual(task.current_step.kind, Step.Kind.APPROVAL)

    def test_nothing_is_left_for_the_tickers(self) -> None:
        self.make()
        self.assertEqual((sla_tick(), unrouted_retry(), published()), (0, 0, []))
        self.assertTrue(SlaClock.objects.exclude(breached_at=None).exists())

    def test_those_who_may_see_them_list_and_open_them(self) -> None:
        self.make()
        for who, scope in ((self.staff.carla, "all"), (self.staff.alice, "queue"), (self.staff.alice, "mine")):
            rows = who.client.get(f"/api/v1/tasks/?scope={scope}").json()["results"]
            self.assertTrue(rows, scope)
            self.assertEqual(who.client.get(f"/api/v1/tasks/{rows[0]['id']}/").status_code, 200)

    def test_the_command_adds_more_each_time_and_refuses_what_makes_no_sense(self) -> None:
        out = StringIO()
        for _ in range(2):
            call_command("seed_bulk", count=20, stdout=out)
        self.assertIn("20 tasks stored", out.getvalue())
        self.assertEqual(Task.objects.count(), 40)
        with self.assertRaisesMessage(CommandError, "--count is 1 or more"):
            call_command("seed_bulk", count=0)
        with mock.patch.dict("os.environ", {"DJANGO_ENV": "production"}), self.assertRaises(CommandError):
            call_command("seed_bulk", count=1)

    def test_the_command_needs_workflows(self) -> None:
        WorkflowVersion.objects.update(status="retired")
        with self.assertRaisesMessage(CommandError, "Run seed_workflows first"):
            call_command("seed_bulk", count=1)
