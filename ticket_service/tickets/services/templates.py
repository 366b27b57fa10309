"""Keeping templates of tickets: what presets are, held to what a ticket can be."""

from typing import Any

from jwtauth.principal import Principal
from tickets.custom_fields import checked
from tickets.errors import TemplateInUse, TemplateNotOffered
from tickets.models import TicketTemplate
from tickets.selectors import category_get
from tickets.services.presets import preset_change, preset_create, preset_delete

_CLASSIFICATION = ("category", "sub_category", "custom_fields")


def template_create(*, actor: Principal, fields: dict[str, Any]) -> TicketTemplate:
    """Keeps a new one.

    Raises CategoryUnknown, CustomFieldsInvalid, TemplateNotOffered and the errors of preset_create.
    """
    return preset_create(TicketTemplate, actor=actor, fields=_checked(TicketTemplate(), actor, fields))


def template_change(row: TicketTemplate, *, actor: Principal, fields: dict[str, Any]) -> TicketTemplate:
    """Changes a locked one; a category that is no longer offered may stay as long as what goes with it does.

    Raises CategoryUnknown, CustomFieldsInvalid, TemplateNotOffered, TemplateInUse and the errors of preset_change.
    """
    was_shared = row.is_shared
    row = preset_change(row, actor=actor, fields=_checked(row, actor, fields))
    if was_shared and not row.is_shared:
        _require_unused(row)
    return row


def template_delete(row: TicketTemplate, *, actor: Principal) -> None:
    """Forgets a locked one.

    Raises TemplateInUse and the errors of preset_delete.
    """
    _require_unused(row)
    preset_delete(row, actor=actor)


def _checked(row: TicketTemplate, actor: Principal, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, with what custom fields are in their normal form."""
    if fields.get("is_offered", row.is_offered) and not fields.get("is_shared", row.is_shared):
        raise TemplateNotOffered(
            errors=[{"field": "is_offered", "code": TemplateNotOffered.code, "detail": TemplateNotOffered.title}]
        )
    category, sub_category, values = (fields.get(name, getattr(row, name)) for name in _CLASSIFICATION)
    if [category, sub_category, values] == [getattr(row, name) for name in _CLASSIFICATION]:
        return fields
    kind = category_get(slug=category, sub_category=sub_category, requester_id=actor.id) if category else None
    if kind is None:
        sub_category = ""
    values = checked(kind.custom_fields if kind else [], values, partly=True)
    return fields | {"sub_category": sub_category, "custom_fields": values}


def _require_unused(row: TicketTemplate) -> None:
    if row.schedules.exists():
        raise TemplateInUse
