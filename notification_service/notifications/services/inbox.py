"""What a person does with their own notices."""

from uuid import UUID

from django.utils import timezone

from jwtauth.principal import Principal
from notifications.errors import NoticeNotFound
from notifications.models import Notice
from notifications.selectors import inbox_list


def notice_read(*, principal: Principal, notice_id: UUID) -> Notice:
    """Mark one of the principal's notices read; the first time stays. Raises NoticeNotFound for anyone else's."""
    inbox_list(principal=principal).filter(pk=notice_id, read_at=None).update(read_at=timezone.now())
    found = inbox_list(principal=principal).filter(pk=notice_id).first()
    if found is None:
        raise NoticeNotFound
    return found


def inbox_read(*, principal: Principal) -> int:
    """Mark everything in the principal's inbox read; answer how many notices were unread."""
    return inbox_list(principal=principal, unread=True).update(read_at=timezone.now())
