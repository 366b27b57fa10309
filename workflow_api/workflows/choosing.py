"""Which workflow serves a ticket, and whose turn it is: the questions, for services that act on the answers and for
selectors that only tell them."""

from uuid import UUID

from django.db.models import Q

from jwtauth import people
from jwtauth.models import Person
from workflows.models import RoundRobin, Step, Workflow, WorkflowVersion


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


def next_in_circle(*, role: str, last: UUID | None, but: UUID | None = None) -> Person | None:
    """The person after `last` in the circle of the active people of a role (`but` one); None in an empty one."""
    circle = people.with_role(role).exclude(id=but) if but else people.with_role(role)
    following = circle.filter(id__gt=last).first() if last is not None else None
    return following or circle.first()


def whose_turn(*, role: str) -> Person | None:
    """Who would get the next step of a role; asking does not use up the turn."""
    last = RoundRobin.objects.filter(role=role).values_list("last_person_id", flat=True).first()
    return next_in_circle(role=role, last=last)


def approvers_of(*, step: Step, requester_id: UUID) -> list[UUID]:
    """Who is asked at an approval: the active people of its role, but nobody about their own ticket."""
    return list(people.with_role(step.role).exclude(id=requester_id).values_list("id", flat=True))


def approvals_needed(*, step: Step, approvers: int) -> int:
    """How many of the approvers have to approve; more than there are, when the rule cannot be met."""
    if step.approval_rule == Step.Rule.ALL:
        return approvers
    return 1 if step.approval_rule == Step.Rule.ANY else step.approvals_needed
