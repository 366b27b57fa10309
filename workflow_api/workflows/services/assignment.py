"""Who does the next step: round robin among the active people who hold the step's role."""

from uuid import UUID

from jwtauth import people
from jwtauth.models import Person
from workflows.models import RoundRobin


def next_person(*, role: str, but: UUID | None = None) -> Person | None:
    """Pick whose turn it is, inside the caller's transaction; None when nobody active (`but` one) holds it.

    The pointer's row stays locked until that transaction ends: two assignments at once get two different people, and
    one that rolls back gives its turn back. People who come or go shift the circle without resetting it.
    """
    RoundRobin.objects.bulk_create([RoundRobin(role=role)], ignore_conflicts=True)
    turn = RoundRobin.objects.select_for_update(no_key=True).get(role=role)
    circle = people.with_role(role).exclude(id=but) if but else people.with_role(role)
    person = None
    if turn.last_person_id is not None:
        person = circle.filter(id__gt=turn.last_person_id).first()
    person = person or circle.first()
    if person is not None:
        turn.last_person_id = person.id
        turn.save(update_fields=["last_person_id"])
    return person
