"""Models as the API shows them. Plain dicts: a list of 25 costs a serializer ten times as much as its query."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from jwtauth import people
from jwtauth.principal import Principal
from tickets.access import parties_of, watcher_ids_of
from tickets.models import (
    AccessGrant,
    CannedReply,
    Category,
    HistoryEntry,
    Macro,
    Preset,
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
from tickets.selectors import MacroPreview
from tickets.status import Status, allowed, may_edit

# Columns that a ticket's line in a list needs.
SUMMARY_COLUMNS = (
    "id",
    "number",
    "subject",
    "category_id",
    "sub_category",
    "priority",
    "department",
    "status",
    "tags",
    "requester_id",
    "assignee_id",
    "created_at",
    "updated_at",
    "version",
)


# What a preset has beside what all have.
_CONTENT: dict[type[Preset], tuple[str, ...]] = {
    SavedView: ("filters",),
    CannedReply: ("body",),
    Macro: ("actions",),
    TicketTemplate: (
        "is_offered",
        "subject",
        "description",
        "category",
        "sub_category",
        "priority",
        "department",
        "tags",
        "custom_fields",
    ),
}


def category(row: Category) -> dict[str, Any]:
    """A category with its sub-categories and the schema of its tickets' custom fields."""
    return {
        "slug": row.slug,
        "name": row.name,
        "sub_categories": row.sub_categories,
        "custom_fields": row.custom_fields,
        "is_active": row.is_active,
    }


def attachment(row: TicketAttachment) -> dict[str, Any]:
    """An attachment without its bytes."""
    return {
        "id": row.pk,
        "filename": row.filename,
        "content_type": row.content_type,
        "size": row.size,
        "sha256": row.sha256,
        "uploaded_by": row.uploaded_by,
        "created_at": row.created_at,
    }


def history_entry(row: HistoryEntry) -> dict[str, Any]:
    """One line of a ticket's history."""
    return {
        "id": row.pk,
        "field": row.field,
        "old": row.old,
        "new": row.new,
        "actor": row.actor,
        "request_id": row.request_id,
        "at": row.at,
    }


def ticket_summaries(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines of a list from rows with SUMMARY_COLUMNS; one query for everybody's names."""
    lines = list(rows)
    known = _names(pk for row in lines for pk in (row["requester_id"], row["assignee_id"]) if pk)
    return [_summary(row, known) for row in lines]


def ticket(
    row: Ticket,
    *,
    principal: Principal,
    grants: Iterable[AccessGrant] | None = None,
    attachments: Iterable[TicketAttachment] | None = None,
) -> dict[str, Any]:
    """A whole ticket as this caller sees it; of its grants only the watchers' are shown.

    `grants` and `attachments` are those of the ticket; what is not given is read (one query each, none if prefetched),
    and so are the names of others (one query).
    """
    held = row.grants.all() if grants is None else grants
    files = row.attachments.all() if attachments is None else attachments
    known = {principal.id: principal.name}
    others = {pk for pk in (row.requester_id, row.assignee_id) if pk} - known.keys()
    if others:
        known |= _names(others)
    columns = {column: getattr(row, column) for column in SUMMARY_COLUMNS}
    parties = parties_of(principal, row)
    return _summary(columns, known) | {
        "description": row.description,
        "custom_fields": row.custom_fields,
        "watcher_ids": watcher_ids_of(held),
        "attachments": [attachment(file) for file in sorted(files, key=lambda file: file.pk)],
        "merged_into_id": row.merged_into_id,
        "resolution": row.resolution,
        "rejection_reason": row.rejection_reason,
        "rating": row.rating,
        "rating_comment": row.rating_comment,
        "allowed_statuses": allowed(old=Status(row.status), parties=parties),
        "is_editable": may_edit(status=Status(row.status), parties=parties),
        "resolved_at": row.resolved_at,
        "closed_at": row.closed_at,
        "last_public_reply_at": row.last_public_reply_at,
    }


def link(row: TicketLink, *, ticket: Ticket) -> dict[str, Any]:
    """A link as seen from one of its tickets."""
    outward = row.source_id == ticket.pk
    other = row.target if outward else row.source
    return {
        "id": row.pk,
        "relation": row.relation,
        "direction": "outward" if outward else "inward",
        "ticket": {"id": other.pk, "number": other.number, "subject": other.subject, "status": other.status},
        "created_by": row.created_by,
        "created_at": row.created_at,
    }


def preset(row: Preset) -> dict[str, Any]:
    """Something that a person keeps to work with."""
    return {
        "id": row.pk,
        "name": row.name,
        "owner_id": row.owner_id,
        "is_shared": row.is_shared,
        "version": row.version,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        **{column: getattr(row, column) for column in _CONTENT[type(row)]},
    }


def ticket_schedules(rows: Iterable[TicketSchedule]) -> list[dict[str, Any]]:
    """Schedules as selectors.schedule_list reads them; one query for everybody's names."""
    schedules = list(rows)
    known = _names(pk for row in schedules for pk in (row.requester_id, row.created_by))
    return [_schedule(row, known) for row in schedules]


def _schedule(row: Any, known: Mapping[UUID, str]) -> dict[str, Any]:
    failure = {
        "code": row.failure_code,
        "detail": row.failure,
        "failures": row.failures,
        "failed_at": row.failed_at,
        "retry_at": row.attempt_at if row.is_active else None,
    }
    return {
        "id": row.pk,
        "name": row.name,
        "template_id": row.template_id,
        "template_name": row.template.name,
        "requester_id": row.requester_id,
        "requester_name": known.get(row.requester_id, ""),
        "rule": row.rule,
        "starts_on": row.starts_on,
        "time": f"{row.time:%H:%M}",
        "time_zone": row.time_zone,
        "ends_on": row.ends_on,
        "is_active": row.is_active,
        "next_at": row.next_at if row.is_active else None,
        "last_ticket_number": row.last_ticket_number or "",
        "failure": failure if row.failures else None,
        "created_by": row.created_by,
        "created_by_name": known.get(row.created_by, ""),
        "version": row.version,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def scheduled_ticket(row: ScheduledTicket) -> dict[str, Any]:
    """A ticket that a schedule filed."""
    return {
        "occurrence_at": row.occurrence_at,
        "ticket": {
            "id": row.ticket_id,
            "number": row.ticket.number,
            "subject": row.ticket.subject,
            "status": row.ticket.status,
            "created_at": row.ticket.created_at,
        },
    }


def macro_preview(preview: MacroPreview) -> dict[str, Any]:
    """What a macro would do."""
    return preview._asdict() | {"changes": [change._asdict() for change in preview.changes]}


def ticket_import(row: TicketImport) -> dict[str, Any]:
    """An import and how far it is."""
    return {
        "id": row.pk,
        "filename": row.filename,
        "size": row.size,
        "sha256": row.sha256,
        "is_dry_run": row.is_dry_run,
        "state": row.state,
        "position": row.position,
        "filed": row.filed,
        "refused": row.refused,
        "failure": row.failure,
        "created_by": row.uploaded_by,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


def import_refusal(row: TicketImportRefusal) -> dict[str, Any]:
    """A row of an import that became no ticket."""
    return {"line": row.line, "errors": row.errors}


def watchers(rows: Iterable[AccessGrant]) -> list[dict[str, Any]]:
    """Those who watch a ticket, from their grants; one query for their names."""
    ids = [UUID(pk) for pk in watcher_ids_of(rows)]
    known = _names(ids)
    return [{"user_id": pk, "name": known.get(pk, "")} for pk in ids]


def _names(ids: Iterable[UUID]) -> dict[UUID, str]:
    return {pk: person.name for pk, person in people.by_ids(ids).items()}


def _summary(row: Mapping[str, Any], known: Mapping[UUID, str]) -> dict[str, Any]:
    line = dict(row)
    line["category"] = line.pop("category_id")
    for who in ("requester", "assignee"):
        line[f"{who}_name"] = known.get(row[f"{who}_id"], "")
    return line
