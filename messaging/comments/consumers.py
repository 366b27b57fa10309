"""What messaging takes from others' events: people and revocations from auth, tickets from ticket-service."""

from comments.services.conversation import TicketState, conversation_apply
from eventbus import Event, consumes
from jwtauth import people
from servicekit.live import nudge


@consumes("user.changed.v1", data=people.UserState)
def on_user(event: Event[people.UserState, None]) -> None:
    """Keep the people at the newest state heard of."""
    people.apply_user(data=event.data, version=event.version)


@consumes("user.revoked.v1", data=people.UserState, change=people.RevocationChange)
def on_user_revoked(event: Event[people.UserState, people.RevocationChange]) -> None:
    """Refuse the user's older tokens, and end the live streams that were opened with them."""
    people.apply_revocation(data=event.data, change=event.change, version=event.version)
    nudge(f"user:{event.data.id}")


@consumes(
    "ticket.created.v1",
    "ticket.updated.v1",
    "ticket.status_changed.v1",
    "ticket.access_changed.v1",
    data=TicketState,
)
def on_ticket(event: Event[TicketState, None]) -> None:
    """Keep the ticket's conversation at the newest state heard of."""
    conversation_apply(ticket=event.data, version=event.version)
