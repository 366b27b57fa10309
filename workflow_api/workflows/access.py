"""Who may read a task, as one rule: for the index that services keep and for the questions that selectors ask."""

from collections.abc import Iterable

from jwtauth.principal import Principal
from workflows.models import Task

# They see every ticket, so no row is needed for them.
SEES_ALL = frozenset({"tts:admin", "tts:ticket-coordinator"})


def readers_of(task: Task) -> set[str]:
    """Roles and ids of people that may read a task: the ticket's access, and what this task itself adds to it.

    The ticket's access follows our events with a delay; an assignee must see the task at once.
    """
    return {*task.ticket.access_user_ids, *task.ticket.access_roles, *task.step_roles, *task.assignee_ids}


def sees_all(actor: Principal) -> bool:
    """Whether the actor may see every ticket."""
    return actor.has_role(*SEES_ALL)


def reader_names(actor: Principal) -> Iterable[str]:
    """The readers that an actor stands for: their roles of this system and themselves."""
    return [str(actor.id), *sorted(role for role in actor.roles if role.startswith("tts:"))]
