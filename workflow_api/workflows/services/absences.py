"""Announcing absences and ending them. Assignment passes over who is away, or gives their turn to the substitute."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jwtauth import people
from jwtauth.models import Person
from jwtauth.principal import Principal
from workflows.access import sees_all
from workflows.errors import AbsenceNotFound, AbsenceOver, NotALead, PersonUnknown, SubstituteUnsuitable
from workflows.models import Absence


@transaction.atomic
def absence_announce(
    *,
    actor: Principal,
    person_id: UUID | None,
    substitute_id: UUID | None,
    begins_at: datetime,
    ends_at: datetime,
    note: str = "",
) -> Absence:
    """Somebody will be away: the actor, or, said by a coordinator or admin, anybody.

    Raises: NotALead; PersonUnknown; SubstituteUnsuitable, when they are not active staff or the person themselves.
    Whether they may do a step is looked at when its turn comes.
    """
    person_id = person_id or actor.id
    if person_id != actor.id and not sees_all(actor):
        raise NotALead
    known = people.by_ids(pk for pk in (person_id, substitute_id) if pk)
    if person_id not in known:
        raise PersonUnknown
    if substitute_id and (substitute_id == person_id or not _is_active_staff(known.get(substitute_id))):
        raise SubstituteUnsuitable
    return Absence.objects.create(
        person_id=person_id,
        substitute_id=substitute_id,
        begins_at=begins_at,
        ends_at=ends_at,
        note=note,
        created_by=_named(actor),
    )


@transaction.atomic
def absence_end(*, absence_id: UUID, actor: Principal) -> Absence:
    """They are back before the time, or it is called off.

    Raises: AbsenceNotFound, also for others' ones; AbsenceOver.
    """
    absence = Absence.objects.select_for_update(no_key=True).filter(pk=absence_id).first()
    if absence is None or (absence.person_id != actor.id and not sees_all(actor)):
        raise AbsenceNotFound
    now = timezone.now()
    if absence.ended_at is not None or absence.ends_at <= now:
        raise AbsenceOver
    absence.ended_at, absence.ended_by = now, _named(actor)
    absence.save(update_fields=["ended_at", "ended_by"])
    return absence


def _named(actor: Principal) -> dict[str, Any]:
    return {"id": str(actor.id), "kind": actor.kind, "name": actor.name}


def _is_active_staff(person: Person | None) -> bool:
    return person is not None and person.is_active and person.role_set.filter(role__startswith="tts:").exists()
