"""Files whose lines become tickets."""

from django.db import models

from attachments.models import AbstractAttachment


class TicketImport(AbstractAttachment):
    """A CSV file whose lines become tickets, and how far that is; `position` rows of it are dealt with."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"  # the file cannot be read on; what was filed before stays
        CANCELLED = "cancelled"

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    is_dry_run = models.BooleanField(default=False)
    actor = models.JSONField(help_text="who imports, as tickets.services.importing reads it")
    position = models.PositiveIntegerField(default=0)
    filed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True, default="", help_text="why the file cannot be read on")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["uploaded_by", "-id"], name="import_uploader")]
        constraints = [
            # A file is imported once: what has failed or was cancelled may be tried again, by intention.
            models.UniqueConstraint(
                fields=["sha256"],
                condition=models.Q(is_dry_run=False, state__in=["queued", "running", "completed"]),
                name="import_once",
            )
        ]


class TicketImportRefusal(models.Model):
    """A row of an import that became no ticket, and why."""

    id = models.BigAutoField(primary_key=True)
    ticket_import = models.ForeignKey(TicketImport, on_delete=models.CASCADE, related_name="refusals", db_index=False)
    line = models.PositiveIntegerField(help_text="of the file, where the row ends; the heading is line 1")
    errors = models.JSONField(help_text='[{"field", "code", "detail"}]')

    class Meta:
        indexes = [models.Index(fields=["ticket_import", "id"], name="refusal_import")]

    def __str__(self) -> str:
        return f"line {self.line}"
