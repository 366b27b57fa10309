"""Searching the comments of all tickets that somebody may see; internal notes are found by staff only (ADR 8).

PostgreSQL finds words by a GIN index over `to_tsvector('english', body)` (migration 0006). Elsewhere, on SQLite, every
word must occur as it stands.
"""

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from comments.access import SEE_ALL
from comments.models import Comment, Visibility
from comments.selectors import conversation_get
from jwtauth.principal import Principal


def comment_search(
    *, principal: Principal, text: str, visibility: str | None = None, ticket: str | None = None
) -> QuerySet[Comment]:
    """Return the comments with these words that the principal may read; of one ticket when it is named.

    Raises TicketNotFound for a ticket that the principal may not see.
    """
    found = Comment.objects.filter(deleted_at=None).filter(_contains(text))
    found = _readable(found, principal)
    if ticket is not None:
        found = found.filter(conversation=conversation_get(ticket=ticket, principal=principal))
    if visibility is not None:
        found = found.filter(visibility=visibility)
    return found.select_related("conversation").prefetch_related("attachments", "reactions")


def _contains(text: str) -> Q | RawSQL:
    if connection.vendor == "postgresql":
        return RawSQL(
            "to_tsvector('english', comments_comment.body) @@ websearch_to_tsquery('english', %s)",
            [text],
            output_field=BooleanField(),
        )
    condition = Q()
    for word in text.split():
        condition &= Q(body__icontains=word)
    return condition


def _readable(comments: QuerySet[Comment], principal: Principal) -> QuerySet[Comment]:
    """comments.access as a condition; a test holds the two to each other."""
    if principal.has_role(*SEE_ALL):
        return comments
    comments = comments.annotate(
        readers=Cast("conversation__access_user_ids", TextField()),
        reader_roles=Cast("conversation__access_roles", TextField()),
    )
    named = Q(readers__contains=f'"{principal.id}"')
    by_role, by_staff_role = Q(pk__in=[]), Q(pk__in=[])
    for role in sorted(principal.roles):
        holds = Q(reader_roles__contains=f'"{role}"')
        by_role |= holds
        if role.startswith("tts:"):
            by_staff_role |= holds
    staff = by_staff_role
    if principal.is_staff:
        staff |= named & ~Q(conversation__requester_id=principal.id)
    return comments.filter((named | by_role) & (Q(visibility=Visibility.PUBLIC) | staff))
