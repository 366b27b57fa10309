"""Keeping schedules by which tickets are filed again and again; services/recurring.py files them."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from jwtauth import people
from jwtauth.principal import Principal
from tickets.custom_fields import checked
from tickets.errors import (
    PresetNotFound,
    RequesterUnknown,
    ScheduleOver,
    TemplateIncomplete,
    TemplateUnknown,
    TooManySchedules,
)
from tickets.models import Priority, TicketSchedule, TicketTemplate
from tickets.recurrence import Timetable, occurrences
from tickets.selectors import category_get, preset_get

MAX_SCHEDULES = 500

_TIMING = frozenset({"rule", "starts_on", "time", "time_zone", "ends_on"})
_NEEDED = ("subject", "description", "category")


def schedule_create(*, actor: Principal, fields: dict[str, Any]) -> TicketSchedule:
    """A new schedule; the tickets are the actor's own unless `requester_id` names somebody.

    Its first occurrence is later than now, whenever it starts. Raises TemplateUnknown, TemplateIncomplete,
    CategoryUnknown, CustomFieldsInvalid, RequesterUnknown, ScheduleOver and TooManySchedules.
    """
    if TicketSchedule.objects.count() >= MAX_SCHEDULES:
        raise TooManySchedules
    schedule = TicketSchedule(created_by=actor.id, **{"requester_id": actor.id, **fields})
    _require_fileable(schedule, actor)
    begin_anew(schedule)
    schedule.save(force_insert=True)
    return schedule


def schedule_change(schedule: TicketSchedule, *, actor: Principal, fields: dict[str, Any]) -> TicketSchedule:
    """Changes a locked one; nothing, when nothing differs.

    Other times, and going on after a pause, begin with the next occurrence from now; any other change tries at once
    what could not be filed. Raises what schedule_create raises.
    """
    changed = {name: value for name, value in fields.items() if getattr(schedule, name) != value}
    for name, value in changed.items():
        setattr(schedule, name, value)
    if not changed:
        return schedule
    if schedule.is_active or changed.keys() & {"template_id", "requester_id"}:
        _require_fileable(schedule, actor)
    if changed.keys() & _TIMING or changed.get("is_active"):
        begin_anew(schedule)
    else:
        forget_failure(schedule)
    schedule.version += 1
    schedule.updated_at = timezone.now()
    schedule.save()
    return schedule


def schedule_delete(schedule: TicketSchedule) -> None:
    """Forgets a locked one; the tickets that it filed stay."""
    schedule.delete()


def timetable_of(schedule: TicketSchedule) -> Timetable:
    """When it files."""
    return Timetable(
        rule=schedule.rule,
        starts_on=schedule.starts_on,
        time=schedule.time,
        time_zone=schedule.time_zone,
        ends_on=schedule.ends_on,
    )


def begin_anew(schedule: TicketSchedule) -> None:
    """Lets the next occurrence from now be the next one, and forgets those before.

    Raises ScheduleOver when there is none.
    """
    schedule.next_at = next(occurrences(timetable_of(schedule), after=timezone.now()), None)
    if schedule.next_at is None:
        raise ScheduleOver
    forget_failure(schedule)


def forget_failure(schedule: TicketSchedule) -> None:
    """Lets the next occurrence be tried when it is due, as if nothing had failed."""
    schedule.attempt_at = schedule.next_at
    schedule.failures, schedule.failed_at = 0, None
    schedule.failure_code, schedule.failure = "", ""


def ticket_fields(template: TicketTemplate) -> dict[str, Any]:
    """What ticket_file takes, from a template.

    Raises TemplateIncomplete.
    """
    lacking = [name for name in _NEEDED if not getattr(template, name)]
    if lacking:
        raise TemplateIncomplete(lacking)
    return {
        **{name: getattr(template, name) for name in (*_NEEDED, "sub_category", "tags", "custom_fields")},
        "priority": template.priority or Priority.MEDIUM.value,
        "department": template.department or None,
    }


def _require_fileable(schedule: TicketSchedule, actor: Principal) -> None:
    """What a ticket could not be filed for is refused now, rather than at the first occurrence."""
    fields = ticket_fields(_template(actor, schedule.template_id))
    kind = category_get(
        slug=fields["category"], sub_category=fields["sub_category"], requester_id=schedule.requester_id
    )
    checked(kind.custom_fields, fields["custom_fields"])
    if schedule.requester_id != actor.id:
        person = people.by_ids([schedule.requester_id]).get(schedule.requester_id)
        if person is None or not person.is_active:
            raise RequesterUnknown(requester_id=str(schedule.requester_id))


def _template(actor: Principal, template_id: UUID) -> TicketTemplate:
    """The desk's template, locked, so that it is not taken away meanwhile."""
    try:
        template = preset_get(TicketTemplate, principal=actor, preset_id=template_id, lock=True)
    except PresetNotFound:
        raise TemplateUnknown from None
    if not template.is_shared:
        raise TemplateUnknown
    return template
