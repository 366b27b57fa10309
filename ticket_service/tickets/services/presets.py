"""Keeping what people keep to work with."""

from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from jwtauth.principal import Principal
from tickets.access import SEE_ALL_ROLES
from tickets.errors import PresetNameTaken, PresetNotYours, TooManyPresets
from tickets.models import CannedReply, Macro, Preset, SavedView, TicketTemplate
from tickets.services.macros import macro_check

MAX_PRESETS = 200

Kept = TypeVar("Kept", SavedView, CannedReply, Macro, TicketTemplate)


def preset_create(model: type[Kept], *, actor: Principal, fields: dict[str, Any]) -> Kept:
    """Keeps a new one for the actor, or for the desk with `is_shared`.

    Raises PresetNotYours, PresetNameTaken and TooManyPresets, and what macro_check does.
    """
    row = model(owner_id=actor.id, **fields)
    _require_may_keep(row, actor)
    macro_check(fields.get("actions", {}))
    if model.objects.filter(owner_id=actor.id).count() >= MAX_PRESETS:
        raise TooManyPresets
    _save(row, force_insert=True)
    return row


def preset_change(row: Kept, *, actor: Principal, fields: dict[str, Any]) -> Kept:
    """Changes a locked one; nothing, when nothing differs.

    Raises PresetNotYours and PresetNameTaken, and what macro_check does.
    """
    _require_may_keep(row, actor)
    changed: dict[str, Any] = {name: value for name, value in fields.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    _require_may_keep(row, actor)
    macro_check(changed.get("actions", {}))
    if changed:
        row.version += 1
        row.updated_at = timezone.now()
        _save(row, update_fields=[*changed, "version", "updated_at"])
    return row


def preset_delete(row: Preset, *, actor: Principal) -> None:
    """Forgets a locked one.

    Raises PresetNotYours.
    """
    _require_may_keep(row, actor)
    row.delete()


def _require_may_keep(row: Preset, actor: Principal) -> None:
    """What is shared is kept by coordinators and administrators, whoever made it; all else by its owner."""
    may = actor.has_role(*SEE_ALL_ROLES) if row.is_shared else row.owner_id == actor.id
    if not may:
        raise PresetNotYours


def _save(row: Preset, **how: Any) -> None:
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError:
        raise PresetNameTaken from None
