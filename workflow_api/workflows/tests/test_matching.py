"""The most specific workflow that fits takes the ticket; the catch-all takes the rest."""

from django.test import TestCase

from workflows.models import Task, WorkflowVersion
from workflows.tests.cast import Staff, file_ticket, one_step, publish, seed


class MatchingTest(TestCase):
    def setUp(self) -> None:
        Staff()

    def workflow_of(self, **ticket: str) -> str:
        task = file_ticket(**ticket)
        return task.workflow_version.workflow.key if task.workflow_version else task.unrouted_reason

    def test_more_named_fields_win(self) -> None:
        publish(one_step("any"))
        publish(one_step("category", category="it-support"))
        publish(one_step("both", category="it-support", sub_category="hardware"))
        publish(one_step("all-three", category="it-support", sub_category="hardware", department="Sales"))
        publish(one_step("catch-all", is_catch_all=True))
        for expected, sub_category, department in (
            ("all-three", "hardware", "Sales"),
            ("both", "hardware", "Legal"),
            ("category", "software", "Legal"),
        ):
            with self.subTest(expected):
                found = self.workflow_of(category="it-support", sub_category=sub_category, department=department)
                self.assertEqual(found, expected)
        self.assertEqual(self.workflow_of(category="general", sub_category="", department=""), "any")

    def test_of_equally_many_the_sub_category_counts_most_and_the_department_least(self) -> None:
        publish(one_step("a-department", department="Sales"))
        self.assertEqual(self.workflow_of(category="it-support", sub_category="hardware"), "a-department")
        publish(one_step("b-category", category="it-support"))
        self.assertEqual(self.workflow_of(category="it-support", sub_category="hardware"), "b-category")
        publish(one_step("c-sub-category", sub_category="hardware"))
        self.assertEqual(self.workflow_of(category="it-support", sub_category="hardware"), "c-sub-category")

    def test_two_fields_win_over_one_whichever_they_are(self) -> None:
        publish(one_step("a-sub-category", sub_category="hardware"))
        publish(one_step("b-two", category="it-support", department="Sales"))
        self.assertEqual(self.workflow_of(sub_category="hardware", department="Sales"), "b-two")

    def test_the_catch_all_takes_only_what_nobody_serves(self) -> None:
        publish(one_step("catch-all", is_catch_all=True))
        publish(one_step("it", category="it-support"))
        self.assertEqual(self.workflow_of(category="it-support"), "it")
        self.assertEqual(self.workflow_of(category="gardening"), "catch-all")

    def test_without_a_catch_all_a_foreign_ticket_is_unrouted(self) -> None:
        publish(one_step("it", category="it-support"))
        self.assertEqual(self.workflow_of(category="gardening"), Task.Unrouted.NO_WORKFLOW)

    def test_only_published_versions_match(self) -> None:
        publish(one_step("it", category="it-support"))
        WorkflowVersion.objects.update(status=WorkflowVersion.Status.RETIRED)
        self.assertEqual(self.workflow_of(category="it-support"), Task.Unrouted.NO_WORKFLOW)

    def test_every_seeded_category_finds_its_own_workflow(self) -> None:
        seed()
        for category in ("it-support", "asset-check-out", "asset-check-in", "budget-proposal", "general"):
            with self.subTest(category):
                self.assertEqual(self.workflow_of(category=category, sub_category="", department=""), category)
