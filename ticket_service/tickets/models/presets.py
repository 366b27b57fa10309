"""What people keep to work with."""

from django.db import models
from django.utils import timezone

from servicekit.ids import uuid7


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
