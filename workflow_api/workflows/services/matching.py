"""Which workflow serves a ticket: the most specific one that fits, then the catch-all."""

from django.db.models import Q

from workflows.models import TicketProjection, Workflow, WorkflowVersion


def workflow_match(*, ticket: TicketProjection) -> WorkflowVersion | None:
    """The published version for a ticket, or None when nothing fits and there is no catch-all.

    More of department, category and sub-category named by the workflow wins; of equally many, the sub-category counts
    more than the category and that more than the department.
    """
    fits = Q(
        workflow__category__in=["", ticket.category],
        workflow__sub_category__in=["", ticket.sub_category],
        workflow__department__in=["", ticket.department],
    )
    published = WorkflowVersion.objects.filter(status=WorkflowVersion.Status.PUBLISHED).select_related("workflow")
    candidates = list(published.filter(fits | Q(workflow__is_catch_all=True)).order_by("workflow__key"))
    return max(candidates, key=lambda version: specificity(version.workflow), default=None)


def specificity(workflow: Workflow) -> tuple[bool, int, bool, bool, bool]:
    """Sorts workflows that fit the same ticket; the greatest is the most specific, a catch-all is the least."""
    named = (bool(workflow.sub_category), bool(workflow.category), bool(workflow.department))
    return (not workflow.is_catch_all, sum(named), *named)
