"""Who does the next step: by the step's strategy, among the active people who hold its role and are there."""

from uuid import UUID

from django.db.models import QuerySet

from workflows.choosing import Turn, next_turn
from workflows.models import RoundRobin, Step


def next_person(*, role: str, strategy: str = Step.Strategy.ROUND_ROBIN, but: UUID | None = None) -> Turn | None:
    """Pick whose turn it is, inside the caller's transaction; None when nobody (`but` one) is there.

    The pointer's row stays locked until that transaction ends: two assignments at once get two different people, or
    see each other's load, and one that rolls back gives its turn back. People who come or go shift the circle without
    resetting it.
    """
    pointer = _locked(role).first()
    if pointer is None:
        RoundRobin.objects.bulk_create([RoundRobin(role=role)], ignore_conflicts=True)
        pointer = _locked(role).get()
    turn = next_turn(role=role, strategy=strategy, last=pointer.last_person_id, but=but)
    if turn is not None:
        pointer.last_person_id = turn.place
        pointer.save(update_fields=["last_person_id"])
    return turn


def _locked(role: str) -> QuerySet[RoundRobin]:
    return RoundRobin.objects.select_for_update(no_key=True).filter(role=role)
