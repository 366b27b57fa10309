"""A definition is published only without faults, and then it does not change."""

from dataclasses import replace

from django.test import TestCase

from workflows.errors import DefinitionImmutable, DefinitionInvalid, DefinitionNotDraft
from workflows.models import Calendar, Step, Transition, WorkflowVersion
from workflows.seeds import OFFICE_HOURS, OFFICE_WEEK, WORKFLOWS
from workflows.services.definitions import definition_faults, version_publish
from workflows.services.drafting import StepSpec, WaySpec, WorkflowSpec, version_draft
from workflows.tests.cast import Staff, file_ticket, one_step, publish

ROLE = "tts:agent"
SLA = {"Critical": 1, "High": 2, "Medium": 3, "Low": 4}


def spec(*steps: StepSpec, sla: dict[str, int] | None = None) -> WorkflowSpec:
    return WorkflowSpec(key="w", name="W", sla_minutes=SLA if sla is None else sla, steps=steps, category="w")


def step(key: str, *targets: str | None, role: str = ROLE, weight: int = 1) -> StepSpec:
    ways = tuple(WaySpec(f"to-{target or 'end'}", "Go", target) for target in targets)
    return StepSpec(key=key, name=key, role=role, ways=ways, weight=weight)


class FaultsTest(TestCase):
    def faults(self, definition: WorkflowSpec) -> list[tuple[str, str]]:
        return [(fault.field, fault.code) for fault in definition_faults(version=version_draft(spec=definition))]

    def test_each_fault_is_found(self) -> None:
        for definition, expected in (
            (spec(), [("steps", "no_steps")]),
            (spec(step("a", "a")), [("steps", "no_end")]),
            (spec(step("a", None), step("b", None)), [("steps.b", "unreachable")]),
            (spec(step("a", "b", None), step("b")), [("steps.b", "dead_end")]),
            (
                spec(step("a", "b", None), step("b", "c"), step("c", "b")),
                [("steps.b", "endless"), ("steps.c", "endless")],
            ),
            (spec(step("a", None, role="")), [("steps.a", "role_missing")]),
            (spec(step("a", None, role="Agent")), [("steps.a", "role_malformed")]),
            (spec(step("a", None, weight=0)), [("steps.a", "weight_not_positive")]),
            (spec(step("a", None), sla=SLA | {"High": 1}), [("sla_minutes.High", "sla_not_increasing")]),
            (spec(step("a", None), sla=SLA | {"Low": 0}), [("sla_minutes.Low", "sla_missing")]),
            (spec(step("a", None), sla=SLA | {"Urgent": 9}), [("sla_minutes.Urgent", "priority_unknown")]),
        ):
            with self.subTest(expected):
                self.assertEqual(self.faults(definition), expected)

    def test_starts_are_counted(self) -> None:
        version = version_draft(spec=spec(step("a", "b", None), step("b", "a")))
        for starts, code in (((), "no_start"), (("a", "b"), "several_starts")):
            with self.subTest(code):
                version.steps.update(is_start=False)
                version.steps.filter(key__in=starts).update(is_start=True)
                self.assertIn(code, [fault.code for fault in definition_faults(version=version)])

    def test_a_transition_into_another_definition_is_found(self) -> None:
        other = version_draft(spec=one_step("other")).steps.get()
        version = version_draft(spec=spec(step("a", None)))
        Transition.objects.create(from_step=version.steps.get(), to_step=other, key="out", label="Out")
        self.assertEqual([fault.code for fault in definition_faults(version=version)], ["foreign_target"])

    def test_two_workflows_for_the_same_tickets_are_found(self) -> None:
        publish(spec(step("a", None)))
        self.assertEqual(self.faults(replace(spec(step("a", None)), key="v")), [("workflow", "match_taken")])
        publish(one_step("all", is_catch_all=True))
        self.assertEqual(self.faults(one_step("all-2", is_catch_all=True)), [("workflow", "match_taken")])

    def test_publishing_lists_every_fault_at_once_and_publishes_nothing(self) -> None:
        version = version_draft(spec=spec(step("a", "a", role=""), step("b"), sla={}))
        with self.assertRaises(DefinitionInvalid) as caught:
            version_publish(version=version)
        codes = [error["code"] for error in caught.exception.errors]
        expected = ["role_missing", "no_end", "unreachable", "dead_end", *["sla_missing"] * 4]
        self.assertEqual(sorted(codes), sorted(expected))
        version.refresh_from_db()
        self.assertEqual(version.status, "draft")

    def test_the_seeds_are_without_fault(self) -> None:
        Calendar.objects.create(key=OFFICE_HOURS, name="Office hours", week=OFFICE_WEEK)
        for definition in WORKFLOWS:
            with self.subTest(definition.key):
                self.assertEqual(self.faults(definition), [])


class PublishedTest(TestCase):
    def setUp(self) -> None:
        self.version = version_publish(version=version_draft(spec=spec(step("a", "b", None), step("b", None))))

    def test_it_does_not_change(self) -> None:
        first = Step.objects.get(version=self.version, key="a")
        for attempt in (
            first.save,
            first.delete,
            first.transitions.all()[0].delete,
            Step(version=self.version, key="c", name="C").save,
            Transition(from_step=first, key="c", label="C").save,
        ):
            with self.subTest(attempt), self.assertRaises(DefinitionImmutable):
                attempt()
        for field, value in (("sla_minutes", {"High": 1}), ("number", 9), ("status", "draft")):
            version = WorkflowVersion.objects.get(pk=self.version.pk)
            setattr(version, field, value)
            with self.subTest(field), self.assertRaises(DefinitionImmutable):
                version.save()

    def test_it_cannot_be_published_twice(self) -> None:
        with self.assertRaises(DefinitionNotDraft):
            version_publish(version=self.version)

    def test_a_newer_version_retires_it_and_running_tasks_stay_on_it(self) -> None:
        Staff()
        task = file_ticket(category="w", sub_category="", department="")
        newer = version_publish(version=version_draft(spec=spec(step("only", None))))
        self.version.refresh_from_db()
        task.refresh_from_db()
        self.assertEqual((self.version.status, newer.number), ("retired", 2))
        self.assertEqual(task.workflow_version, self.version)
        self.assertEqual(file_ticket(category="w").workflow_version, newer)
