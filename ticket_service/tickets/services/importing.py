"""Filing the tickets of a CSV file: a few rows a transaction, from where the last attempt came to."""

from itertools import islice
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone

import attachments
from eventbus import jobs
from jwtauth import people
from jwtauth.principal import Principal
from tickets import import_format
from tickets.access import SEE_ALL_ROLES
from tickets.errors import ImportEnded, ImportNotReadable, ImportRepeated
from tickets.import_format import NotReadable, Row
from tickets.models import TicketImport, TicketImportRefusal
from tickets.selectors import import_get
from tickets.services.import_rows import row_file

JOB = "import_tickets"
# Rows of one transaction: they hold the number series, so that others' filings wait for them.
BATCH = 20
# Rows of one job, which has to end well within its lease (eventbus.jobs.LEASE).
ROWS_PER_JOB = 500
HEADING_BYTES = 64 * 1024

State = TicketImport.State
_LIVE = (State.QUEUED, State.RUNNING)


def import_start(*, actor: Principal, upload: "File[Any]", is_dry_run: bool) -> TicketImport:
    """Keeps the file and queues its import; with `is_dry_run` every row is tried and nothing filed.

    Raises ImportNotReadable for a heading that will not do, ImportRepeated, and the errors of attachments.store.
    """
    try:
        import_format.check_heading(upload.read(HEADING_BYTES))
    except NotReadable as error:
        raise ImportNotReadable(str(error)) from error
    stored = attachments.store(upload)
    row = TicketImport(
        sha256=stored.sha256,
        size=stored.size,
        content_type=stored.content_type,
        filename=stored.filename,
        uploaded_by=actor.id,
        is_dry_run=is_dry_run,
        actor=_as_json(actor),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _enqueue(row)
    except IntegrityError:
        earlier = TicketImport.objects.filter(sha256=stored.sha256, is_dry_run=False).exclude(
            state__in=[State.FAILED, State.CANCELLED]
        )
        raise ImportRepeated(import_id=str(earlier.values_list("pk", flat=True).get())) from None
    return row


def import_cancel(row: TicketImport) -> TicketImport:
    """Ends a locked import after the rows that are dealt with; their tickets stay.

    Raises ImportEnded.
    """
    if row.state not in _LIVE:
        raise ImportEnded
    return _end(row, State.CANCELLED)


def import_work(*, import_id: UUID) -> None:
    """Deals with the next ROWS_PER_JOB rows and queues the rest. May be called again after any kind of end."""
    row = import_get(import_id=import_id)
    if row.state not in _LIVE:
        return
    handle, _ = attachments.open_content(row)
    with handle:
        try:
            rest = islice(import_format.rows(handle), row.position, row.position + ROWS_PER_JOB)
            count = 0
            while batch := list(islice(rest, BATCH)):
                if not _deal_with(row, batch):
                    return
                count += len(batch)
        except NotReadable as error:
            _settle(row, State.FAILED, failure=str(error))
            return
    with transaction.atomic():
        if count < ROWS_PER_JOB:
            _settle(row, State.COMPLETED)
        else:
            _enqueue(row)


def _deal_with(row: TicketImport, batch: list[Row]) -> bool:
    """Files one batch; False when the import is over, its importer may not, or somebody else has come further."""
    with transaction.atomic():
        locked = import_get(import_id=row.pk, lock=True)
        if locked.state not in _LIVE or locked.position != row.position:
            return False
        actor = _as_principal(locked.actor)
        if not _may_still_import(actor):
            locked.failure = "Whoever imports it may not do so any more."
            _end(locked, State.FAILED)
            return False
        refusals = []
        for entry in batch:
            errors = row_file(actor=actor, cells=entry.cells, keep=not locked.is_dry_run)
            if errors:
                refusals.append(TicketImportRefusal(ticket_import=locked, line=entry.line, errors=errors))
        TicketImportRefusal.objects.bulk_create(refusals)
        locked.state = State.RUNNING
        locked.position += len(batch)
        locked.refused += len(refusals)
        locked.filed += len(batch) - len(refusals)
        locked.save(update_fields=["state", "position", "refused", "filed"])
    row.position = locked.position
    return True


def _may_still_import(actor: Principal) -> bool:
    """What the importer was when the import began, they may be no longer when its turn comes."""
    person = people.by_ids([actor.id]).get(actor.id)
    if person is None:
        return True  # auth's event is still on its way
    roles = set(person.role_set.values_list("role", flat=True))
    return person.is_active and (person.is_superuser or not roles.isdisjoint(SEE_ALL_ROLES))


def _settle(row: TicketImport, state: str, *, failure: str = "") -> None:
    with transaction.atomic():
        locked = import_get(import_id=row.pk, lock=True)
        if locked.state in _LIVE and locked.position == row.position:
            locked.failure = failure[:200]
            _end(locked, state)


def _end(row: TicketImport, state: str) -> TicketImport:
    row.state, row.finished_at = state, timezone.now()
    row.save(update_fields=["state", "finished_at", "failure"])
    return row


def _enqueue(row: TicketImport) -> None:
    jobs.enqueue(JOB, {"import_id": str(row.pk)}, key=f"{JOB}:{row.pk}:{row.position}")


def _as_json(actor: Principal) -> dict[str, Any]:
    return {
        "id": str(actor.id),
        "name": actor.name,
        "username": actor.username,
        "roles": sorted(actor.roles),
        "is_superuser": actor.is_superuser,
    }


def _as_principal(actor: dict[str, Any]) -> Principal:
    return Principal(
        id=UUID(actor["id"]),
        kind="user",
        name=actor["name"],
        username=actor["username"],
        roles=frozenset(actor["roles"]),
        is_superuser=actor["is_superuser"],
    )
