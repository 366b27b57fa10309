"""seed_workflows publishes the five workflows, once, or again by --force."""

from io import StringIO

from django.core.management import call_command
from django.test import TestCase

from workflows.models import Workflow, WorkflowVersion
from workflows.tests.cast import seed

KEYS = ["asset-check-in", "asset-check-out", "budget-proposal", "general", "it-support"]


class SeedWorkflowsTest(TestCase):
    def test_all_are_published(self) -> None:
        seed()
        published = WorkflowVersion.objects.filter(status="published").order_by("workflow__key")
        self.assertEqual([version.workflow.key for version in published], KEYS)

    def test_a_second_run_changes_nothing(self) -> None:
        seed()
        before = list(WorkflowVersion.objects.order_by("pk").values())
        out = StringIO()
        call_command("seed_workflows", stdout=out)
        self.assertEqual(list(WorkflowVersion.objects.order_by("pk").values()), before)
        self.assertEqual(out.getvalue().count("is published already"), 5)

    def test_force_publishes_a_new_version_of_each(self) -> None:
        seed()
        call_command("seed_workflows", force=True, stdout=StringIO())
        self.assertEqual(Workflow.objects.count(), 5)
        numbers = WorkflowVersion.objects.filter(status="published").values_list("number", flat=True)
        self.assertEqual(list(numbers), [2] * 5)
        self.assertEqual(WorkflowVersion.objects.filter(status="retired").count(), 5)
