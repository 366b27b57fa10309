"""What happened to a ticket; added to, never changed."""

from typing import Any, NoReturn

from django.db import models

from servicekit.ids import uuid7
from tickets.models.ticket import Ticket


class AppendOnly(Exception):
    """Code tried to change or delete a line of a ticket's history. A defect, never a client's fault."""


class HistoryQuerySet(models.QuerySet["HistoryEntry"]):
    """Entries are added and read, nothing else."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class HistoryEntry(models.Model):
    """One changed field of a ticket: from what (null: nothing) to what, by whom, in which request."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="history", db_index=False)
    field = models.CharField(max_length=40)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    actor = models.JSONField(null=True, help_text="id, kind and name as in events; null: nobody in particular")
    request_id = models.CharField(max_length=128, blank=True, default="")
    at = models.DateTimeField()

    objects = HistoryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ticket", "-id"], name="history_ticket")]

    def __str__(self) -> str:
        return f"{self.field} at {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stores a new entry.

        Raises AppendOnly for one that is stored already.
        """
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly
