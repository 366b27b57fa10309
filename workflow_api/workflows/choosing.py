"""Which workflow serves a ticket, and whose turn it is: the questions, for services that act on the answers and for
selectors that only tell them."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from jwtauth import people
from jwtauth.models import Person
from workflows.models import Absence, RoundRobin, Step, TaskItem, Transition, Workflow, WorkflowVersion


class Turn(NamedTuple):
    """Who gets a step, and instead of whom, when they stand in for somebody who is away."""

    person: Person
    instead_of: UUID | None = None

    @property
    def place(self) -> UUID:
        """Whose place in the circle it was."""
        return self.instead_of or self.person.id


def workflow_match(*, category: str, sub_category: str, department: str) -> WorkflowVersion | None:
    """The published version for a ticket, or None when nothing fits and there is no catch-all.

    More of department, category and sub-category named by the workflow wins; of equally many, the sub-category counts
    more than the category and that more than the department.
    """
    fits = Q(
        workflow__category__in=["", category],
        workflow__sub_category__in=["", sub_category],
        workflow__department__in=["", department],
    )
    published = WorkflowVersion.objects.filter(status=WorkflowVersion.Status.PUBLISHED).select_related("workflow")
    candidates = list(published.filter(fits | Q(workflow__is_catch_all=True)).order_by("workflow__key"))
    return max(candidates, key=lambda version: specificity(version.workflow), default=None)


def specificity(workflow: Workflow) -> tuple[bool, int, bool, bool, bool]:
    """Sorts workflows that fit the same ticket; the greatest is the most specific, a catch-all is the least."""
    named = (bool(workflow.sub_category), bool(workflow.category), bool(workflow.department))
    return (not workflow.is_catch_all, sum(named), *named)


@lru_cache(maxsize=4096)
def ways_of(step_id: UUID) -> tuple[Transition, ...]:
    """The ways that leave a step of a published version. Kept in memory: only drafts change."""
    ways = Transition.objects.filter(from_step=step_id).select_related("to_step", "from_step__version")
    return tuple(ways.order_by("position"))


def away(*, now: datetime | None = None) -> dict[UUID, UUID | None]:
    """Everyone who is out of office, each with who stands in for them; of several absences the newest counts."""
    now = now or timezone.now()
    absences = Absence.objects.filter(ends_at__gt=now, begins_at__lte=now, ended_at=None).order_by("id")
    return dict(absences.values_list("person_id", "substitute_id"))


def turns(*, role: str, last: UUID | None = None, but: UUID | None = None) -> Iterator[Turn]:
    """Everyone who could get a step of a role, in the order of the circle from the person after `last` on.

    Somebody who is away is stood in for by their substitute, who has to hold the role as well and be there; without
    one their place is passed over. `but`: not this person.
    """
    circle = list(people.with_role(role))
    absent = away() if circle else {}
    here = {person.id: person for person in circle if person.id not in absent}
    following = [person for person in circle if last is None or person.id > last]
    for person in [*following, *circle[: len(circle) - len(following)]]:
        stand_in = absent.get(person.id)
        if person.id in here:
            turn = Turn(person)
        elif stand_in in here:
            turn = Turn(here[stand_in], person.id)
        else:
            continue
        if turn.person.id != but:
            yield turn


def next_turn(*, role: str, strategy: str, last: UUID | None, but: UUID | None = None) -> Turn | None:
    """Whose turn it is: the next in the circle, or, by load, who has the fewest open turns; None when nobody is there.

    Of equally loaded people it is the next in the circle. Nobody is given a step by load instead of somebody else.
    """
    candidates = turns(role=role, last=last, but=but)
    if strategy != Step.Strategy.LEAST_LOADED:
        return next(candidates, None)
    present = [turn for turn in candidates if turn.instead_of is None]
    load = load_of([turn.person.id for turn in present])
    return min(present, key=lambda turn: load.get(turn.person.id, 0), default=None)


def load_of(person_ids: list[UUID]) -> dict[UUID, int]:
    """How many open turns people have, those without any left out."""
    rows = TaskItem.objects.filter(assignee_id__in=person_ids, completed_at=None, released_at=None).order_by()
    return dict(rows.values("assignee_id").annotate(count=Count("pk")).values_list("assignee_id", "count"))


def returning(*, role: str, person_id: UUID) -> Turn | None:
    """The turn of the person who did a step before and gets it back, or of their substitute; None when neither can."""
    return next((turn for turn in turns(role=role) if turn.place == person_id), None)


def whose_turn(*, step: Step) -> Turn | None:
    """Who would get a step; asking does not use up the turn. None also when people claim it themselves."""
    if step.strategy == Step.Strategy.CLAIM:
        return None
    last = RoundRobin.objects.filter(role=step.role).values_list("last_person_id", flat=True).first()
    return next_turn(role=step.role, strategy=step.strategy, last=last)


def somebody_there(*, role: str) -> bool:
    """Whether anybody could get a step of a role."""
    return next(turns(role=role), None) is not None


def approvers_of(*, step: Step, requester_id: UUID) -> list[Turn]:
    """Who is asked at an approval: each active person of its role, or their substitute, but nobody about their own
    ticket, and nobody twice."""
    asked: dict[UUID, Turn] = {}
    for turn in sorted(turns(role=step.role), key=lambda turn: turn.instead_of is not None):
        if requester_id not in (turn.person.id, turn.place):
            asked.setdefault(turn.person.id, turn)
    return list(asked.values())


def approvals_needed(*, step: Step, approvers: int) -> int:
    """How many of the approvers have to approve; more than there are, when the rule cannot be met."""
    if step.approval_rule == Step.Rule.ALL:
        return approvers
    return 1 if step.approval_rule == Step.Rule.ANY else step.approvals_needed
