"""A ticket and what belongs to it: its category, who may see it, its links, files and replies."""

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
