"""A way that is open only to some tickets: a condition that is data."""

from typing import Any

from django.test import SimpleTestCase, TestCase

from servicekit.testing import assert_problem
from workflows.guards import guard_faults, holds
from workflows.models import TicketProjection
from workflows.seeds import AGENT, COORDINATOR
from workflows.services.definitions import definition_faults
from workflows.services.drafting import StepSpec, WaySpec, WorkflowSpec, spec_of, version_draft
from workflows.tests.cast import Someone, file_ticket, publish

DEAR = {"ge": {"field": "custom_fields.amount", "value": 1000}}
SLA = {"Critical": 60, "High": 120, "Medium": 240, "Low": 480}


def spec(*ways: WaySpec, **step: Any) -> WorkflowSpec:
    """Agents do it; what is dear a coordinator has to see."""
    do = StepSpec(key="do", name="Do", role=AGENT, ways=ways, **step)
    see = StepSpec(key="see", name="See", role=COORDINATOR, ways=(WaySpec("seen", "Seen", None),))
    return WorkflowSpec(key="w", name="W", sla_minutes=SLA, steps=(do, see), is_catch_all=True)


class ConditionTest(SimpleTestCase):
    ticket = TicketProjection(priority="High", category="it", custom_fields={"amount": 1000, "site": "B", "ok": True})

    def test_every_operator(self) -> None:
        amount, site = "custom_fields.amount", "custom_fields.site"
        for operator, field, value, expected in (
            ("eq", "priority", "High", True),
            ("eq", "priority", "Low", False),
            ("ne", "priority", "Low", True),
            ("ne", "priority", "High", False),
            ("in", "category", ["it", "hr"], True),
            ("in", "category", ["hr"], False),
            ("lt", amount, 1000, False),
            ("le", amount, 1000, True),
            ("gt", amount, 999.5, True),
            ("ge", amount, 1001, False),
            ("ge", site, "A", True),
            ("eq", "custom_fields.ok", True, True),
        ):
            with self.subTest(f"{field} {operator} {value}"):
                self.assertEqual(holds({operator: {"field": field, "value": value}}, self.ticket), expected)

    def test_what_cannot_be_compared_does_not_hold_and_breaks_nothing(self) -> None:
        for operator in ("eq", "lt", "le", "gt", "ge", "in"):
            value: Any = ["x"] if operator == "in" else "x"
            for field in ("custom_fields.none", "custom_fields.amount", "custom_fields.ok"):
                self.assertFalse(holds({operator: {"field": field, "value": value}}, self.ticket))
        self.assertTrue(holds({"ne": {"field": "custom_fields.none", "value": 1}}, self.ticket))
        self.assertTrue(holds(None, self.ticket))

    def test_they_combine(self) -> None:
        high, low = ({"eq": {"field": "priority", "value": value}} for value in ("High", "Low"))
        self.assertTrue(holds({"any": [low, high]}, self.ticket))
        self.assertFalse(holds({"all": [low, high]}, self.ticket))
        self.assertTrue(holds({"all": [{"not": low}, high]}, self.ticket))

    def test_every_fault_is_found(self) -> None:
        deep: Any = DEAR
        for _ in range(5):
            deep = {"not": deep}
        for broken in (
            "priority == 'High'",
            {},
            {"eq": 1, "ne": 2},
            {"exec": "import os"},
            {"all": []},
            {"any": [DEAR] * 51},
            {"not": {"eq": {}}},
            {"eq": {"field": "priority"}},
            {"eq": {"field": "status.__class__", "value": 1}},
            {"eq": {"field": "custom_fields.", "value": 1}},
            {"eq": {"field": "priority", "value": {"a": 1}}},
            {"eq": {"field": "priority", "value": None}},
            {"in": {"field": "priority", "value": "High"}},
            {"ge": {"field": "priority", "value": True}},
            deep,
        ):
            with self.subTest(str(broken)[:60]):
                self.assertEqual(len(list(guard_faults(broken))), 1)
        self.assertEqual(
            list(guard_faults({"all": [DEAR, {"not": DEAR}, {"in": {"field": "category", "value": ["a"]}}]})), []
        )


class GuardedWayTest(TestCase):
    def setUp(self) -> None:
        publish(spec(WaySpec("done", "Done", None), WaySpec("check", "Check", "see", DEAR)))
        self.alice, self.carla = Someone("Alice", AGENT), Someone("Carla", COORDINATOR)

    def test_a_ticket_that_meets_it_may_go_there(self) -> None:
        task = file_ticket(custom_fields={"amount": 5000})
        answer = self.alice.do_step(task, "check").json()
        self.assertEqual(answer["step"]["key"], "see")

    def test_another_may_not_and_is_not_offered_it(self) -> None:
        task = file_ticket(custom_fields={"amount": 5})
        shown = self.alice.client.get(f"/api/v1/tasks/{task.id}/").json()
        self.assertEqual([way["key"] for way in shown["transitions"]], ["done"])
        answer = self.alice.do_step(task, "check")
        assert_problem(answer, 409, "transition_not_allowed")
        self.assertEqual(answer.json()["allowed"], ["done"])

    def test_the_next_version_begins_with_it(self) -> None:
        from workflows.models import WorkflowVersion

        self.assertEqual(spec_of(WorkflowVersion.objects.get()).steps[0].ways[1].guard, DEAR)

    def test_a_definition_with_a_broken_guard_or_without_an_open_way_is_not_sound(self) -> None:
        def codes(*ways: WaySpec, **step: Any) -> set[str]:
            return {fault.code for fault in definition_faults(version=version_draft(spec=spec(*ways, **step)))}

        see = WaySpec("see", "See", "see")
        self.assertEqual(codes(see, WaySpec("x", "X", None, {"no": 1})), {"guard_malformed"})
        self.assertEqual(codes(WaySpec("see", "See", "see", DEAR), WaySpec("x", "X", None, DEAR)), {"all_ways_guarded"})
        approve = (WaySpec("approve", "Yes", None), WaySpec("reject", "No", "see", DEAR))
        self.assertEqual(codes(*approve, approval_rule="any"), {"guard_on_approval"})
