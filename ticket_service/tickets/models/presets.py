"""What people keep to work with."""

from django.db import models
from django.utils import timezone

from servicekit.ids import uuid7
from tickets.models.ticket import Priority


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
    """What staff do to a ticket with one choice (tickets/macros.py)."""

    actions = models.JSONField(default=dict, help_text="tickets.macros.Actions")

    class Meta(Preset.Meta):
        pass


class TicketTemplate(Preset):
    """What a new ticket begins with. Any of it may be empty; filing from a template is filing.

    What is offered is shared, and is there for everybody who files.
    """

    is_offered = models.BooleanField(default=False)
    subject = models.CharField(max_length=200, blank=True, default="")
    description = models.TextField(max_length=20_000, blank=True, default="")
    category = models.SlugField(max_length=64, blank=True, default="", db_index=False)
    sub_category = models.CharField(max_length=64, blank=True, default="")
    priority = models.CharField(max_length=10, choices=Priority.choices, blank=True, default="")
    department = models.CharField(max_length=100, blank=True, default="")
    tags = models.JSONField(default=list)
    custom_fields = models.JSONField(default=dict, help_text="as tickets.custom_fields makes them")

    class Meta(Preset.Meta):
        indexes = [
            *Preset.Meta.indexes,
            models.Index(fields=["-id"], condition=models.Q(is_offered=True), name="tickettemplate_offered"),
        ]
        constraints = [
            *Preset.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(is_offered=False) | models.Q(is_shared=True), name="tickettemplate_offered_shared"
            ),
        ]
