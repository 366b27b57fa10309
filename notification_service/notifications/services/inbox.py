"""What a person does with their own notices, and the numbers by which their live readers follow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from jwtauth.principal import Principal
from notifications.errors import NoticeNotFound, SnoozeInThePast
from notifications.models import InboxPosition, Notice
from notifications.selectors import Folder, inbox_list
from servicekit.live import nudge

BATCH = 1000
_ADVANCE = """
INSERT INTO notifications_inboxposition AS known (user_id, last_seq) VALUES {rows}
ON CONFLICT (user_id) DO UPDATE SET last_seq = known.last_seq + 1
RETURNING user_id, last_seq
"""


def notice_read(*, principal: Principal, notice_id: UUID) -> Notice:
    """Mark one of the principal's notices read; the first time stays. Raises NoticeNotFound for anyone else's."""
    _change(_one(principal, notice_id).filter(read_at=None), principal, read_at=timezone.now())
    return _get(principal, notice_id)


def notice_archive(*, principal: Principal, notice_id: UUID) -> Notice:
    """Put one away, which is to have read it; the first time stays. Raises NoticeNotFound."""
    now = timezone.now()
    rows = _one(principal, notice_id).filter(archived_at=None)
    _change(rows, principal, archived_at=now, read_at=Coalesce("read_at", now), snoozed_until=None)
    return _get(principal, notice_id)


def notice_unarchive(*, principal: Principal, notice_id: UUID) -> Notice:
    """Put one back into the inbox. Raises NoticeNotFound."""
    _change(_one(principal, notice_id), principal, archived_at=None)
    return _get(principal, notice_id)


def notice_snooze(*, principal: Principal, notice_id: UUID, until: datetime) -> Notice:
    """Put one off: it comes back unread. Raises NoticeNotFound and SnoozeInThePast."""
    if until <= timezone.now():
        raise SnoozeInThePast
    _change(_one(principal, notice_id), principal, snoozed_until=until, read_at=None, archived_at=None)
    return _get(principal, notice_id)


def notice_wake(*, principal: Principal, notice_id: UUID) -> Notice:
    """Put one off no longer. Raises NoticeNotFound."""
    _change(_one(principal, notice_id), principal, snoozed_until=None)
    return _get(principal, notice_id)


def inbox_read(*, principal: Principal) -> int:
    """Mark everything in the principal's inbox read; answer how many notices were unread."""
    return _change(inbox_list(principal=principal, unread=True), principal, read_at=timezone.now())


def inbox_archive(*, principal: Principal) -> int:
    """Put away everything in the principal's inbox that is read; answer how many."""
    rows = inbox_list(principal=principal).exclude(read_at=None)
    return _change(rows, principal, archived_at=timezone.now())


def notices_number(*, notices: Sequence[Notice]) -> None:
    """Give new notices, one a person at the most, their numbers and wake those who follow; before they are saved.

    A query for each 1,000 of them, and one.
    """
    by_user = {notice.user_id: notice for notice in notices}
    users = sorted(by_user)
    for start in range(0, len(users), BATCH):
        for user_id, seq in _advance(users[start : start + BATCH]).items():
            by_user[user_id].seq = seq
    nudge(*(f"inbox:{user_id}" for user_id in users))


@transaction.atomic
def _change(rows: QuerySet[Notice], principal: Principal, **values: Any) -> int:
    seq = _advance([principal.id])[principal.id]
    changed = rows.order_by().update(seq=seq, **values)
    if changed:
        nudge(f"inbox:{principal.id}")
    return changed


def _advance(users: Sequence[UUID]) -> dict[UUID, int]:
    """The next number of each; rows are locked in the order given, so that two who do this cannot wait for each other.

    By hand: one statement, where the ORM would make, lock and raise the rows in three.
    """
    key = InboxPosition._meta.pk
    rows = ", ".join(["(%s, 1)"] * len(users))
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE.format(rows=rows), [key.get_db_prep_value(user_id, connection) for user_id in users])
        return {UUID(str(user_id)): seq for user_id, seq in cursor.fetchall()}


def _one(principal: Principal, notice_id: UUID) -> QuerySet[Notice]:
    return inbox_list(principal=principal, folder=Folder.ALL).filter(pk=notice_id)


def _get(principal: Principal, notice_id: UUID) -> Notice:
    found = _one(principal, notice_id).first()
    if found is None:
        raise NoticeNotFound
    return found
