"""What auth writes down about attempts: the audit log and the counters that slow guessing down."""

from typing import Any, Never

from django.db import models

from servicekit.ids import uuid7


class AuditEntryIsFinal(RuntimeError):
    """Somebody's code tried to change or delete history."""


class AuditEntry(models.Model):
    """One thing that happened. Append-only: here, and on PostgreSQL by a trigger (migration 0002).

    Ids without foreign keys: an entry outlives whom it is about. What somebody typed as a user name is not kept, as it
    may be a password.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    event = models.CharField(max_length=50, db_index=True)
    user_id = models.UUIDField(null=True, blank=True, db_index=True)
    actor = models.JSONField(null=True, blank=True)
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=128, blank=True)
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.event

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Inserts; raises AuditEntryIsFinal for an entry that is already stored."""
        if not self._state.adding:
            raise AuditEntryIsFinal
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        """Raises AuditEntryIsFinal."""
        raise AuditEntryIsFinal


class SignInThrottle(models.Model):
    """Failed attempts of one account or address. Times are seconds since 1970: one statement computes with them."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField()
    blocked_until = models.FloatField()
    updated_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key
