"""Who is on a ticket: the open live streams of all processes, as rows that their processes renew."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from comments.models import Presence
from comments.selectors import PRESENT_FOR
from servicekit.live import nudge


def presence_enter(*, presence: Presence) -> None:
    """Note that a stream has been opened, and tell the others on the ticket."""
    presence_renew(presences=[presence])
    nudge(f"presence:{presence.conversation_id}")


def presence_renew(*, presences: Sequence[Presence]) -> None:
    """Note that these streams are open now; one statement for all."""
    now = timezone.now()
    for presence in presences:
        presence.seen_at = now
    Presence.objects.bulk_create(
        presences, update_conflicts=True, unique_fields=["id"], update_fields=["seen_at", "is_staff"]
    )


def presence_leave(*, presence_id: UUID, ticket_id: UUID) -> None:
    """Note that a stream has ended, and tell the others on the ticket."""
    Presence.objects.filter(pk=presence_id).delete()
    nudge(f"presence:{ticket_id}")


def presence_purge() -> None:
    """Delete what processes that were killed have left behind."""
    Presence.objects.filter(seen_at__lt=timezone.now() - PRESENT_FOR).delete()
