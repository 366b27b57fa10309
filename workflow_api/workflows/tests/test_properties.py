"""Validation and round robin against independent models, over random graphs and random comings and goings."""

from uuid import UUID

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from jwtauth.models import Person
from workflows.seeds import AGENT
from workflows.services.assignment import next_person
from workflows.services.definitions import definition_faults
from workflows.services.drafting import StepSpec, WaySpec, WorkflowSpec, version_draft
from workflows.tests.cast import Someone

SLA = {"Critical": 60, "High": 120, "Medium": 240, "Low": 480}
END = -1


@st.composite
def graphs(draw: st.DrawFn) -> list[list[int]]:
    """For each step the steps that its ways lead to; END completes the task."""
    count = draw(st.integers(1, 7))
    target = st.integers(END, count - 1)
    return [draw(st.lists(target, max_size=3)) for _ in range(count)]


def faults_by_walking(ways: list[list[int]]) -> set[tuple[str, str]]:
    """By Warshall's closure of the matrix, where the service walks a frontier."""
    count = len(ways)
    leads = [[i == j or j in ways[i] for j in range(count)] for i in range(count)]
    for k in range(count):
        for i in range(count):
            for j in range(count):
                leads[i][j] = leads[i][j] or (leads[i][k] and leads[k][j])
    ends = [i for i in range(count) if END in ways[i]]
    found = set() if ends else {("steps", "no_end")}
    for i in range(count):
        where = f"steps.s{i}"
        if not leads[0][i]:
            found.add((where, "unreachable"))
        if not ways[i]:
            found.add((where, "dead_end"))
        elif ends and not any(leads[i][end] for end in ends):
            found.add((where, "endless"))
    return found


class ValidationTest(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(graphs())
    def test_every_fault_of_a_graph_is_found_and_no_other(self, ways: list[list[int]]) -> None:
        steps = tuple(
            StepSpec(
                key=f"s{number}",
                name="Step",
                role=AGENT,
                ways=tuple(
                    WaySpec(f"w{way}", "Way", None if to == END else f"s{to}") for way, to in enumerate(targets)
                ),
            )
            for number, targets in enumerate(ways)
        )
        version = version_draft(spec=WorkflowSpec(key="random", name="R", sla_minutes=SLA, steps=steps))
        found = {(fault.field, fault.code) for fault in definition_faults(version=version)}
        self.assertEqual(found, faults_by_walking(ways))


class RoundRobinTest(TestCase):
    """Whoever comes, goes or has a turn rolled back: between two turns of one person each who stays has one."""

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.one_of(st.just("assign"), st.just("rollback"), st.integers(0, 4)), min_size=10, max_size=40))
    def test_it_is_fair(self, events: list[str | int]) -> None:
        history: list[tuple[str, UUID]] = []  # what happened, in order: ("turn" or "moved", person)
        people = [Someone(f"Agent{number}", AGENT).id for number in range(5)]
        present = set(people)
        for event in events:
            if isinstance(event, int):
                person = people[event]
                present ^= {person}
                Person.objects.filter(pk=person).update(is_active=person in present)
                history.append(("moved", person))
            elif event == "rollback":
                with transaction.atomic():
                    next_person(role=AGENT)
                    transaction.set_rollback(True)
            elif turn := next_person(role=AGENT):
                self.assertIn(turn.person.id, present)
                self.check(history, turn.person.id, present)
                history.append(("turn", turn.person.id))
            else:
                self.assertEqual(present, set())

    def check(self, history: list[tuple[str, UUID]], person: UUID, present: set[UUID]) -> None:
        """Since the person's turn before, everybody else who was there all the time has had exactly one."""
        if ("turn", person) not in history:
            return
        since = history[len(history) - history[::-1].index(("turn", person)) :]
        moved = {who for what, who in since if what == "moved"}
        if person in moved:
            return
        turns = [who for what, who in since if what == "turn"]
        for other in present - moved - {person}:
            self.assertEqual(turns.count(other), 1, f"{turns} since the turn of {person}")
