"""Who is told of which event, and how: the one place to look when a notice came, or did not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from eventbus import Retry
from jwtauth import people
from notifications.models import Channel, TicketProjection

COORDINATOR = "tts:ticket-coordinator"
# Coordinators and Admins of tts see all tickets (DECISIONS.md, "Identity and access").
SEE_ALL = frozenset({"tts:admin", COORDINATOR})


@dataclass(frozen=True)
class Happening:
    """What happened on a ticket. `words` are for the templates; the ids decide about recipients."""

    event_id: UUID
    type: str
    ticket: TicketProjection
    words: Mapping[str, str]
    author_id: UUID | None = None
    assignee_id: UUID | None = None
    previous_assignee_id: UUID | None = None
    mentioned_ids: frozenset[UUID] = frozenset()


Recipients = Callable[[Happening], set[UUID]]
Condition = Callable[[Happening], bool]


def always(happening: Happening) -> bool:
    """On every such event."""
    return True


def never(happening: Happening) -> bool:
    """On no such event."""
    return False


def ended(happening: Happening) -> bool:
    """When the desk has finished with the ticket: the two states that its requester waits for."""
    return happening.words["status"] in {"Resolved", "Rejected"}


def requester(happening: Happening) -> set[UUID]:
    """Who filed the ticket."""
    return {happening.ticket.requester_id}


def new_assignee(happening: Happening) -> set[UUID]:
    """Who just got the task."""
    return {happening.assignee_id} if happening.assignee_id else set()


def assignee_and_mentioned_but_author(happening: Happening) -> set[UUID]:
    """Who works on the ticket, and whom the text mentions, unless they wrote it themselves."""
    assignee = {happening.ticket.assignee_id} if happening.ticket.assignee_id else set()
    return (assignee | happening.mentioned_ids) - {happening.author_id}


def requester_assignee_and_mentioned_but_author(happening: Happening) -> set[UUID]:
    """Both ends of the conversation, and whom the text mentions, without the one who wrote."""
    return (requester(happening) - {happening.author_id}) | assignee_and_mentioned_but_author(happening)


def new_and_previous_assignee(happening: Happening) -> set[UUID]:
    """Who got the task, and who had it until now."""
    return {user_id for user_id in (happening.assignee_id, happening.previous_assignee_id) if user_id}


def assignee_or_coordinators(happening: Happening) -> set[UUID]:
    """Who works on the task, or every active Ticket Coordinator while nobody does."""
    return new_assignee(happening) or coordinators(happening)


def assignee_and_coordinators(happening: Happening) -> set[UUID]:
    """Who works on the task, and every active Ticket Coordinator."""
    return new_assignee(happening) | coordinators(happening)


def coordinators(happening: Happening) -> set[UUID]:
    """Every active Ticket Coordinator; raises eventbus.Retry while there is none, so that no such event is dropped."""
    found = set(people.with_role(COORDINATOR).values_list("pk", flat=True))
    if not found:
        raise Retry(f"nobody with the role {COORDINATOR} is known here yet")
    return found


@dataclass(frozen=True)
class Rule:
    """`key` is the kind of the notice and of its templates.

    `email`: besides the inbox, when. `staff_only`: never to anyone without a role of tts, whatever `to` says.
    `fixed`: the channels that nobody can mute, gather or put off.
    `must_see`: only to who may see the ticket by the projection held (which a new assignee is in only a moment later).
    """

    key: str
    to: Recipients
    email: Condition = never
    staff_only: bool = False
    must_see: bool = True
    fixed: frozenset[Channel] = frozenset()

    @property
    def channels(self) -> dict[Channel, Condition]:
        """The ways that this rule knows, and when it takes each."""
        return {Channel.INBOX: always} | ({} if self.email is never else {Channel.EMAIL: self.email})


INBOX = frozenset({Channel.INBOX})
LOUD = frozenset({Channel.INBOX, Channel.EMAIL})

RULES: dict[str, Rule] = {
    "ticket.created.v1": Rule("ticket_received", to=requester, email=always),
    "ticket.status_changed.v1": Rule("ticket_status_changed", to=requester, email=ended),
    "task.assigned.v1": Rule("task_assigned", to=new_assignee, email=always, must_see=False, fixed=INBOX),
    "task.unrouted.v1": Rule("task_unrouted", to=coordinators, staff_only=True, fixed=INBOX),
    "task.transferred.v1": Rule(
        "task_transferred", to=new_and_previous_assignee, email=always, staff_only=True, must_see=False, fixed=INBOX
    ),
    "task.escalated.v1": Rule(
        "task_escalated", to=new_and_previous_assignee, email=always, staff_only=True, must_see=False, fixed=LOUD
    ),
    "task.moved.v1": Rule("task_moved", to=new_assignee, staff_only=True, must_see=False),
    "task.sla_warning.v1": Rule(
        "task_sla_warning", to=assignee_or_coordinators, email=always, staff_only=True, must_see=False, fixed=INBOX
    ),
    "task.sla_breached.v1": Rule(
        "task_sla_breached", to=assignee_and_coordinators, email=always, staff_only=True, must_see=False, fixed=LOUD
    ),
    "comment.created.v1": Rule("comment_added", to=requester_assignee_and_mentioned_but_author, email=always),
    "comment.note_created.v1": Rule("note_added", to=assignee_and_mentioned_but_author, staff_only=True),
}
BY_KEY = {rule.key: rule for rule in RULES.values()}
