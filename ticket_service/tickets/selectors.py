"""Reading tickets. What a caller may not see is filtered out in SQL, so no view can show it by mistake."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from jwtauth import people
from jwtauth.models import Person
from jwtauth.principal import Principal
from tickets import macros, search
from tickets.access import grantees_of, parties_of, sees_all
from tickets.canned_replies import filled_in
from tickets.custom_fields import FieldSpec
from tickets.errors import (
    AttachmentNotFound,
    CategoryNotFound,
    CategoryUnknown,
    ImportNotFound,
    LinkNotFound,
    PresetNotFound,
    ScheduleNotFound,
    TicketNotFound,
    WatcherUnknown,
)
from tickets.models import (
    AccessGrant,
    CannedReply,
    Category,
    HistoryEntry,
    Macro,
    SavedView,
    ScheduledTicket,
    Ticket,
    TicketAttachment,
    TicketImport,
    TicketImportRefusal,
    TicketLink,
    TicketSchedule,
    TicketTemplate,
)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"TTS-[0-9]{4}-[0-9]{6,10}", re.IGNORECASE | re.ASCII)

# Tickets that an export reads at once.
BATCH = 500

# Who asks, and nobody, as values of the filters by person.
ME, NOBODY = "me", "none"

# Name of a list's filter -> column.
FILTERS = {
    "status": "status",
    "category": "category_id",
    "priority": "priority",
    "requester": "requester_id",
    "assignee": "assignee_id",
}


def tickets_visible_to(principal: Principal) -> QuerySet[Ticket]:
    """The tickets that this caller may see."""
    if sees_all(principal):
        return Ticket.objects.all()
    granted = AccessGrant.objects.filter(grantee__in=grantees_of(principal))
    return Ticket.objects.filter(pk__in=granted.values("ticket_id"))


def ticket_list(
    *, principal: Principal, filters: Mapping[str, Any], text: str = "", similar: bool = False
) -> QuerySet[Ticket]:
    """The tickets that the caller may see and that match.

    `filters` are some of FILTERS and `tag`, with one value each, where a person may be ME or NOBODY. `text` is searched
    for in what tickets.search names, or with `similar` looked for in subjects with misspellings and in numbers by a
    piece, which finds nothing where the database cannot do that.
    """
    tickets = tickets_visible_to(principal).filter(**_columns(filters, principal))
    if "tag" in filters:
        tickets = tickets.filter(search.tagged(filters["tag"]))
    if text:
        tickets = tickets.filter(search.alike(text) if similar else search.matching(text))
    return tickets


def _columns(filters: Mapping[str, Any], principal: Principal) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in FILTERS.keys() & filters.keys():
        if filters[name] == NOBODY:
            columns[f"{FILTERS[name]}__isnull"] = True
        else:
            columns[FILTERS[name]] = principal.id if filters[name] == ME else filters[name]
    return columns


def ticket_batches(
    *, principal: Principal, filters: Mapping[str, Any], text: str, columns: Sequence[str]
) -> Iterator[list[dict[str, Any]]]:
    """All tickets of ticket_list, newest first, as rows with these columns (`id` among them) in batches."""
    tickets = ticket_list(principal=principal, filters=filters, text=text).order_by("-id").values(*columns)
    batch = list(tickets[:BATCH])
    while batch:
        yield batch
        batch = list(tickets.filter(pk__lt=batch[-1]["id"])[:BATCH]) if len(batch) == BATCH else []


def ticket_get(*, principal: Principal, reference: str, lock: bool = False) -> Ticket:
    """The ticket with this id or number; `lock` holds its row until the running transaction ends.

    Raises TicketNotFound, also for a ticket that the caller may not see.
    """
    tickets = tickets_visible_to(principal)
    if lock:
        tickets = tickets.select_for_update(no_key=True)
    try:
        if _UUID.fullmatch(reference):
            return tickets.get(pk=UUID(reference))
        if _NUMBER.fullmatch(reference):
            return tickets.get(number=reference.upper())
    except Ticket.DoesNotExist:
        pass
    raise TicketNotFound


def ticket_history(*, ticket: Ticket) -> QuerySet[HistoryEntry]:
    """A ticket's history; order by descending id for newest first."""
    return HistoryEntry.objects.filter(ticket=ticket)


def history_shown(*, principal: Principal, entries: Iterable[HistoryEntry]) -> list[HistoryEntry]:
    """The entries as the caller may see them: tickets that they may not see are not named, as in `link_list`."""
    entries = list(entries)
    named = {name for entry in entries for value in (entry.old, entry.new) if (name := _other_ticket(entry, value))}
    if not named or sees_all(principal):
        return entries
    ids, numbers = (
        {name for name in named if _UUID.fullmatch(name)},
        {name for name in named if _NUMBER.fullmatch(name)},
    )
    found = tickets_visible_to(principal).filter(Q(pk__in=ids) | Q(number__in=numbers)).values_list("pk", "number")
    visible = {str(value) for row in found for value in row}
    for entry in entries:
        for side in ("old", "new"):
            name = _other_ticket(entry, getattr(entry, side))
            if name and name not in visible:
                link = entry.old or entry.new if entry.field == "links" else None
                setattr(entry, side, {**link, "ticket": None} if link else None)
    return entries


def _other_ticket(entry: HistoryEntry, value: Any) -> str | None:
    """The number or id of the other ticket that one side of an entry names, if it does."""
    if entry.field == "links" and isinstance(value, dict):
        return str(value["ticket"])
    return value if entry.field in ("merged_from", "merged_into_id") and isinstance(value, str) else None


def watcher_list(*, ticket: Ticket) -> QuerySet[AccessGrant]:
    """The grants of a ticket's watchers."""
    return AccessGrant.objects.filter(ticket=ticket, reason=AccessGrant.Reason.WATCHER)


def link_list(*, principal: Principal, ticket: Ticket) -> QuerySet[TicketLink]:
    """A ticket's links, in either direction, to tickets that the caller may see."""
    visible = tickets_visible_to(principal).values("pk")
    mine = Q(source=ticket, target__in=visible) | Q(target=ticket, source__in=visible)
    return TicketLink.objects.filter(mine).select_related("source", "target")


def link_get(*, principal: Principal, ticket: Ticket, link_id: UUID) -> TicketLink:
    """One of them.

    Raises LinkNotFound.
    """
    link = link_list(principal=principal, ticket=ticket).filter(pk=link_id).first()
    if link is None:
        raise LinkNotFound
    return link


def attachment_list(*, ticket: Ticket) -> QuerySet[TicketAttachment]:
    """A ticket's attachments."""
    return TicketAttachment.objects.filter(ticket=ticket)


def attachment_get(*, ticket: Ticket, attachment_id: UUID) -> TicketAttachment:
    """One attachment of a ticket.

    Raises AttachmentNotFound.
    """
    try:
        return TicketAttachment.objects.get(ticket=ticket, pk=attachment_id)
    except TicketAttachment.DoesNotExist:
        raise AttachmentNotFound from None


def category_list(*, everything: bool = False) -> QuerySet[Category]:
    """The categories that are offered; with `everything` those too that no longer are."""
    return Category.objects.all() if everything else Category.objects.filter(is_active=True)


def category_by_slug(*, slug: str, lock: bool = False) -> Category:
    """A category, offered or not; `lock` holds its row until the running transaction ends.

    Raises CategoryNotFound.
    """
    rows = Category.objects.select_for_update(no_key=True) if lock else Category.objects.all()
    category = rows.filter(pk=slug).first()
    if category is None:
        raise CategoryNotFound
    return category


class FiledUnder(NamedTuple):
    """A category as a ticket needs it, with the requester's own department, empty if unknown."""

    slug: str
    department: str
    custom_fields: list[FieldSpec]


def category_get(*, slug: str, sub_category: str, requester_id: UUID) -> FiledUnder:
    """An offered category that has this sub-category (empty: none), and the requester's department; one query.

    Raises CategoryUnknown.
    """
    department = Subquery(Person.objects.filter(pk=requester_id).values("department")[:1])
    category = category_list().filter(pk=slug).annotate(requester_department=department).first()
    if category is None:
        raise CategoryUnknown(field="category", value=slug)
    if sub_category and not category.has_sub_category(sub_category):
        raise CategoryUnknown(field="sub_category", value=sub_category)
    return FiledUnder(
        slug=category.slug, department=category.requester_department or "", custom_fields=category.custom_fields
    )


Kept = TypeVar("Kept", SavedView, CannedReply, Macro, TicketTemplate)


def preset_list(model: type[Kept], *, principal: Principal) -> QuerySet[Kept]:
    """Those that are the caller's, for staff those that are shared, and of templates those that are offered to all."""
    seen = Q(owner_id=principal.id)
    if principal.is_staff:
        seen |= Q(is_shared=True)
    elif model is TicketTemplate:
        seen |= Q(is_offered=True)
    return model.objects.filter(seen)


def preset_get(model: type[Kept], *, principal: Principal, preset_id: UUID, lock: bool = False) -> Kept:
    """One of them; `lock` holds its row until the running transaction ends.

    Raises PresetNotFound.
    """
    rows = preset_list(model, principal=principal)
    row = (rows.select_for_update(no_key=True) if lock else rows).filter(pk=preset_id).first()
    if row is None:
        raise PresetNotFound
    return row


class MacroPreview(NamedTuple):
    """What a macro would do to a ticket: the changes, the actions that are refused, and the reply that it writes."""

    changes: list[macros.Change]
    refused: list[str]
    reply: macros.Reply | None


def macro_preview(*, macro: Macro, ticket: Ticket, principal: Principal) -> MacroPreview:
    """What the macro would do to the ticket as it is, applied by this caller."""
    changes = macros.changes(macro.actions, ticket)
    after = copy(ticket)
    after.status = macro.actions.get("status", ticket.status)
    return MacroPreview(
        changes=changes,
        refused=macros.refused(macro.actions, ticket, parties=parties_of(principal, ticket)),
        reply=macro_reply(macro=macro, ticket=after, principal=principal),
    )


def macro_reply(*, macro: Macro, ticket: Ticket, principal: Principal) -> macros.Reply | None:
    """The macro's reply for this ticket, to be read and posted by the caller; None: it has none."""
    reply = macro.actions.get("reply")
    if reply is None:
        return None
    body = reply_filled_in(body=reply["body"], ticket=ticket, principal=principal)
    return {"visibility": reply["visibility"], "body": body}


def reply_filled_in(*, body: str, ticket: Ticket, principal: Principal) -> str:
    """A text with its placeholders filled in for this ticket and caller."""
    ids = {pk for pk in (ticket.requester_id, ticket.assignee_id) if pk}
    names: dict[UUID | None, str] = {pk: person.name for pk, person in people.by_ids(ids).items()}
    return filled_in(body, ticket=ticket, names=names, me=principal)


def import_list() -> QuerySet[TicketImport]:
    """All imports."""
    return TicketImport.objects.all()


def import_get(*, import_id: UUID, lock: bool = False) -> TicketImport:
    """One of them; `lock` holds its row until the running transaction ends.

    Raises ImportNotFound.
    """
    rows = TicketImport.objects.select_for_update(no_key=True) if lock else TicketImport.objects.all()
    row = rows.filter(pk=import_id).first()
    if row is None:
        raise ImportNotFound
    return row


def import_refusals(*, ticket_import: TicketImport) -> QuerySet[TicketImportRefusal]:
    """The rows that became no tickets."""
    return TicketImportRefusal.objects.filter(ticket_import=ticket_import)


def schedule_list() -> QuerySet[TicketSchedule]:
    """All schedules with their templates, and as `last_ticket_number` the number of what each filed last."""
    filed = ScheduledTicket.objects.filter(schedule=OuterRef("pk")).order_by("-id")
    return TicketSchedule.objects.select_related("template").annotate(
        last_ticket_number=Subquery(filed.values("ticket__number")[:1])
    )


def schedule_get(*, schedule_id: UUID, lock: bool = False) -> TicketSchedule:
    """One of them; `lock` holds its row until the running transaction ends.

    Raises ScheduleNotFound.
    """
    rows = schedule_list()
    row = (rows.select_for_update(no_key=True, of=("self",)) if lock else rows).filter(pk=schedule_id).first()
    if row is None:
        raise ScheduleNotFound
    return row


def scheduled_tickets(*, schedule: TicketSchedule) -> QuerySet[ScheduledTicket]:
    """What a schedule has filed, with the tickets; order by descending id for newest first."""
    return ScheduledTicket.objects.filter(schedule=schedule).select_related("ticket")


def active_people(ids: Iterable[UUID]) -> list[UUID]:
    """The distinct ids, sorted, of people who can be made watchers; no query for none.

    Raises WatcherUnknown when one of them is nobody's or a former person's.
    """
    wanted = sorted(set(ids))
    known = people.by_ids(wanted) if wanted else {}
    unknown = [str(pk) for pk in wanted if pk not in known or not known[pk].is_active]
    if unknown:
        raise WatcherUnknown(watcher_ids=unknown)
    return wanted
