"""Filing a ticket for somebody who wrote an e-mail, which messaging took in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from jsonlog import context
from jwtauth.models import Person
from jwtauth.principal import Principal
from tickets.errors import RequesterUnknown
from tickets.models import Ticket
from tickets.services.filing import ticket_file


def ticket_file_mail(
    *,
    ticket_id: UUID,
    requester_id: UUID,
    subject: str,
    description: str,
    category: str,
    uploads: "Sequence[File[Any]]" = (),
) -> tuple[Ticket, bool]:
    """Stores the ticket under the given id as its requester's own; answers it and whether it is new.

    The same id again answers the ticket that there is. Raises RequesterUnknown and what ticket_file raises.
    """
    with transaction.atomic():
        # Two at once wait for each other here: the second one finds the ticket.
        person = Person.objects.select_for_update(no_key=True).filter(pk=requester_id, is_active=True).first()
        if person is None:
            raise RequesterUnknown(requester_id=str(requester_id))
        earlier = Ticket.objects.filter(pk=ticket_id).first()
        if earlier is not None:
            return earlier, False
        requester = Principal(id=person.pk, kind="user", name=person.name)
        context.set_actor(requester.as_actor())
        filed = ticket_file(
            actor=requester,
            subject=subject,
            description=description,
            category=category,
            uploads=uploads,
            ticket_id=ticket_id,
        )
    return filed.ticket, True
