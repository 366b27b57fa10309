"""What ticket-service stores. Rules that hold for one row stand here; what spans rows stands in services."""

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

from attachments.models import AbstractAttachment
from servicekit.ids import uuid7
from tickets.status import Status

MAX_WATCHERS = 50
MAX_TAGS = 20


class Category(models.Model):
    """What a ticket is about. The slug is the key everywhere: in URLs, in events, in the ticket's column."""

    slug = models.SlugField(primary_key=True, max_length=64)
    name = models.CharField(max_length=100)
    sub_categories = models.JSONField(default=list, help_text='[{"slug": "hardware", "name": "Hardware"}]')
    custom_fields = models.JSONField(default=list, help_text="list of tickets.custom_fields.FieldSpec")
    is_active = models.BooleanField(default=True)
    version = models.PositiveBigIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    def has_sub_category(self, slug: str) -> bool:
        """Whether `slug` is one of this category's sub-categories."""
        return any(sub["slug"] == slug for sub in self.sub_categories)


class NumberSeries(models.Model):
    """The last ticket number given out in a year; its row lock is what makes numbers unique (services/numbering.py)."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Priority(models.TextChoices):
    """Priority of a ticket; the values are those of the contract."""

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"
    CRITICAL = "Critical"


class TicketManager(models.Manager["Ticket"]):
    """Tickets without the text of their replies, which is matched and never shown."""

    def get_queryset(self) -> models.QuerySet["Ticket"]:
        return super().get_queryset().defer("public_replies")


class Ticket(models.Model):
    """One request for help. `version` is that of the events and of the ETag; task_* say which task is followed.

    On PostgreSQL the table has one more column, `search`, which the database fills (migration 0003, tickets/search.py).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=20, unique=True)
    subject = models.CharField(max_length=200)
    description = models.TextField(max_length=20_000)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", db_index=False)
    sub_category = models.CharField(max_length=64, blank=True, default="")
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.MEDIUM)
    department = models.CharField(max_length=100, blank=True, default="")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.NEW)
    tags = models.JSONField(default=list)
    custom_fields = models.JSONField(default=dict, help_text="as tickets.custom_fields makes them")
    requester_id = models.UUIDField()
    assignee_id = models.UUIDField(null=True)
    task_id = models.UUIDField(null=True)
    task_version = models.PositiveBigIntegerField(default=0)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    left_task_id = models.UUIDField(null=True, help_text="task that had resolved the ticket before it was reopened")
    resolution = models.TextField(blank=True, default="")
    rejection_reason = models.TextField(blank=True, default="")
    rating = models.PositiveSmallIntegerField(null=True, help_text="the requester's, 1 to 5")
    rating_comment = models.TextField(blank=True, default="")
    version = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    last_public_reply_at = models.DateTimeField(null=True)
    public_replies = models.TextField(blank=True, default="", help_text="texts of PublicReply, newest first; searched")

    objects = TicketManager()

    class Meta:
        # Ids are UUIDv7 and sort by creation: each list filter has an index that also serves the newest-first cursor.
        indexes = [
            models.Index(fields=["status", "-id"], name="ticket_status"),
            models.Index(fields=["category", "-id"], name="ticket_category"),
            models.Index(fields=["priority", "-id"], name="ticket_priority"),
            models.Index(fields=["requester_id", "-id"], name="ticket_requester"),
            models.Index(fields=["assignee_id", "-id"], name="ticket_assignee"),
            # PostgreSQL does not see that rows without an assignee stand in order in the one above.
            models.Index(fields=["-id"], condition=models.Q(assignee_id__isnull=True), name="ticket_unassigned"),
            models.Index(
                fields=["resolved_at"], condition=models.Q(status=Status.RESOLVED), name="ticket_awaits_closing"
            ),
            models.Index(fields=["-resolved_at"], name="ticket_resolved"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="ticket_status_known"),
            models.CheckConstraint(condition=models.Q(priority__in=Priority.values), name="ticket_priority_known"),
            models.CheckConstraint(
                condition=models.Q(rating__isnull=True) | models.Q(rating__range=(1, 5)), name="ticket_rating_known"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AccessGrant(models.Model):
    """Why a person or role may see a ticket, one row per reason; the reasons together are the ticket's `access`.

    `grantee` is `user:<uuid>` or `role:<system:slug>`, so that "the tickets that this caller may see" is one index
    look-up over a handful of values, whoever asks.
    """

    class Reason(models.TextChoices):
        REQUESTER = "requester"
        WATCHER = "watcher"
        ASSIGNEE = "assignee"  # of a current or past turn
        STEP = "step"  # role that owns a current or past step

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="grants", db_index=False)
    grantee = models.CharField(max_length=80)
    reason = models.CharField(max_length=10, choices=Reason.choices)

    class Meta:
        indexes = [models.Index(fields=["grantee", "-ticket"], name="grant_grantee")]
        constraints = [models.UniqueConstraint(fields=["ticket", "grantee", "reason"], name="grant_once")]

    def __str__(self) -> str:
        return f"{self.grantee} ({self.reason})"


class TicketLink(models.Model):
    """What one ticket is to another: `source` relates to, duplicates, blocks, or is the parent of `target`.

    There are two generations: a parent has no parent and a child has no children (services/linking.py).
    """

    class Relation(models.TextChoices):
        RELATES = "relates"
        DUPLICATES = "duplicates"
        BLOCKS = "blocks"
        PARENT = "parent"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    relation = models.CharField(max_length=10, choices=Relation.choices)
    created_by = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["source", "-id"], name="link_source"),
            models.Index(fields=["target", "-id"], name="link_target"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "relation"], name="link_once"),
            models.UniqueConstraint(fields=["target"], condition=models.Q(relation="parent"), name="link_one_parent"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="link_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.relation} {self.target_id}"


class TicketAttachment(AbstractAttachment):
    """A file of a ticket; whoever may see the ticket may have it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="attachments", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["ticket", "id"], name="attachment_ticket")]


class PublicReply(models.Model):
    """A public comment as far as search needs it; messaging owns it. Internal notes never reach this service."""

    id = models.UUIDField(primary_key=True, help_text="the comment's")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="replies", db_index=False)
    version = models.PositiveBigIntegerField()
    body = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["ticket", "-id"], name="reply_ticket")]

    def __str__(self) -> str:
        return self.body[:60]


class Preset(models.Model):
    """Something that a person keeps to work with; shared, every member of the desk has it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner_id = models.UUIDField()
    name = models.CharField(max_length=100)
    is_shared = models.BooleanField(default=False)
    version = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["owner_id", "-id"], name="%(class)s_owner"),
            models.Index(fields=["-id"], condition=models.Q(is_shared=True), name="%(class)s_shared"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "name"], name="%(class)s_name"),
            models.UniqueConstraint(fields=["name"], condition=models.Q(is_shared=True), name="%(class)s_shared_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SavedView(Preset):
    """A list of tickets by its filters, as the list's query has them."""

    filters = models.JSONField(default=dict)

    class Meta(Preset.Meta):
        pass


class CannedReply(Preset):
    """A text for replies, with placeholders (tickets/canned_replies.py)."""

    body = models.TextField(max_length=10_000)

    class Meta(Preset.Meta):
        pass


class Macro(Preset):
    """What staff do to a ticket with one choice."""

    actions = models.JSONField(default=dict, help_text="tickets.macros.Actions")

    class Meta(Preset.Meta):
        pass


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
