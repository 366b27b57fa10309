"""What a person does with their own notices."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from jwtauth.principal import Principal
from notifications.errors import NoticeNotFound, SnoozeInThePast
from notifications.models import Notice
from notifications.selectors import Folder, inbox_list


def notice_read(*, principal: Principal, notice_id: UUID) -> Notice:
    """Mark one of the principal's notices read; the first time stays. Raises NoticeNotFound for anyone else's."""
    _one(principal, notice_id).filter(read_at=None).update(read_at=timezone.now())
    return _get(principal, notice_id)


def notice_archive(*, principal: Principal, notice_id: UUID) -> Notice:
    """Put one away, which is to have read it; the first time stays. Raises NoticeNotFound."""
    now = timezone.now()
    rows = _one(principal, notice_id).filter(archived_at=None)
    rows.update(archived_at=now, read_at=Coalesce("read_at", now), snoozed_until=None)
    return _get(principal, notice_id)


def notice_unarchive(*, principal: Principal, notice_id: UUID) -> Notice:
    """Put one back into the inbox. Raises NoticeNotFound."""
    _one(principal, notice_id).update(archived_at=None)
    return _get(principal, notice_id)


def notice_snooze(*, principal: Principal, notice_id: UUID, until: datetime) -> Notice:
    """Put one off: it comes back unread. Raises NoticeNotFound and SnoozeInThePast."""
    if until <= timezone.now():
        raise SnoozeInThePast
    _one(principal, notice_id).update(snoozed_until=until, read_at=None, archived_at=None)
    return _get(principal, notice_id)


def notice_wake(*, principal: Principal, notice_id: UUID) -> Notice:
    """Put one off no longer. Raises NoticeNotFound."""
    _one(principal, notice_id).update(snoozed_until=None)
    return _get(principal, notice_id)


def inbox_read(*, principal: Principal) -> int:
    """Mark everything in the principal's inbox read; answer how many notices were unread."""
    return inbox_list(principal=principal, unread=True).update(read_at=timezone.now())


def inbox_archive(*, principal: Principal) -> int:
    """Put away everything in the principal's inbox that is read; answer how many."""
    return inbox_list(principal=principal).exclude(read_at=None).update(archived_at=timezone.now())


def _one(principal: Principal, notice_id: UUID) -> QuerySet[Notice]:
    return inbox_list(principal=principal, folder=Folder.ALL).filter(pk=notice_id)


def _get(principal: Principal, notice_id: UUID) -> Notice:
    found = _one(principal, notice_id).first()
    if found is None:
        raise NoticeNotFound
    return found
