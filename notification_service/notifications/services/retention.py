"""What has been told long ago is forgotten: notices, messages with their words, and why they were sent."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model, Q
from django.utils import timezone

from notifications.models import Decision, Delivery, Notice

BATCH = 1000


def old_forget() -> int:
    """Delete what is older than NOTICES_KEEP_DAYS, a bounded number at a time; answer how many rows.

    A message that is still to be sent is younger, as sending is given up after days.
    """
    horizon = timezone.now() - timedelta(days=settings.NOTICES_KEEP_DAYS)
    return sum(
        _forget(model, field, horizon)
        for model, field in ((Delivery, "created_at"), (Notice, "created_at"), (Decision, "decided_at"))
    )


def _forget(model: type[Model], field: str, horizon: Any) -> int:
    # By key, which grows with time: the oldest are found without reading the whole table.
    rows = model._default_manager.order_by("pk")
    if model is Notice:
        # It was put off until a time that is still to come; somebody counts on it.
        rows = rows.filter(Q(snoozed_until=None) | Q(snoozed_until__lt=timezone.now()))
    oldest = rows.values_list("pk", field)[:BATCH]
    keys = [key for key, at in oldest if at < horizon]
    model._default_manager.filter(pk__in=keys).delete()
    return len(keys)
