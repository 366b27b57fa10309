"""Who does the next step: round robin among the active people who hold the step's role."""

from uuid import UUID

from jwtauth.models import Person
from workflows.choosing import next_in_circle
from workflows.models import RoundRobin


def next_person(*, role: str, but: UUID | None = None) -> Person | None:
    """Pick whose turn it is, inside the caller's transaction; None when nobody active (`but` one) holds it.

    The pointer's row stays locked until that transaction ends: two assignments at once get two different people, and
    one that rolls back gives its turn back. People who come or go shift the circle without resetting it.
    """
    RoundRobin.objects.bulk_create([RoundRobin(role=role)], ignore_conflicts=True)
    turn = RoundRobin.objects.select_for_update(no_key=True).get(role=role)
    person = next_in_circle(role=role, last=turn.last_person_id, but=but)
    if person is not None:
        turn.last_person_id = person.id
        turn.save(update_fields=["last_person_id"])
    return person
