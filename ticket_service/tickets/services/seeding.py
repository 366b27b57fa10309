"""Seed data."""

from collections.abc import Iterator

from django.db import transaction

from jwtauth.models import Person
from jwtauth.principal import Principal
from tickets import demo, search
from tickets.categories import CATEGORIES
from tickets.errors import RequesterUnknown
from tickets.models import Category, Ticket
from tickets.services.filing import ticket_file


def categories_seed(*, force: bool = False) -> int:
    """Stores the categories of tickets.categories; answers how many were written.

    One that is there already is left as it is, unless `force`: then it gets its first name and sub-categories again
    and is offered again. None is ever deleted, for tickets refer to them.
    """
    written = 0
    with transaction.atomic():
        for slug, seed in CATEGORIES.items():
            values = {
                "name": seed["name"],
                "sub_categories": [{"slug": key, "name": name} for key, name in seed["sub_categories"].items()],
                "custom_fields": seed["custom_fields"],
                "is_active": True,
            }
            if force:
                Category.objects.update_or_create(slug=slug, defaults=values)
                written += 1
            else:
                written += Category.objects.get_or_create(slug=slug, defaults=values)[1]
    return written


def demo_seed(*, force: bool = False) -> list[Ticket]:
    """Files the tickets of tickets.demo as any ticket is filed, all or none; answers the new ones.

    None, when there are such tickets already, unless `force`. Raises RequesterUnknown when auth has not told of the
    people yet, and CategoryUnknown before categories_seed.
    """
    with transaction.atomic():
        if not force and Ticket.objects.filter(search.tagged(demo.TAG)).exists():
            return []
        return [
            ticket_file(actor=requester, tags=[demo.TAG], **fields).ticket
            for username, requester in _demo_requesters()
            for fields in demo.TICKETS[username]
        ]


def _demo_requesters() -> Iterator[tuple[str, Principal]]:
    for username in demo.TICKETS:
        person = Person.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise RequesterUnknown(requester_id=username)
        roles = frozenset(person.role_set.values_list("role", flat=True))
        yield username, Principal(id=person.pk, kind="user", name=person.name, username=username, roles=roles)
