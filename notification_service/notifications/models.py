"""What notification-service knows of tickets, and what it told whom."""

from django.db import models

from servicekit.ids import uuid7


class TicketProjection(models.Model):
    """The slice of a ticket that decides who is told; a projection of `ticket.*`."""

    ticket_id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    subject = models.TextField()
    requester_id = models.UUIDField()
    assignee_id = models.UUIDField(null=True)
    access_user_ids = models.JSONField(default=list)
    access_roles = models.JSONField(default=list)
    version = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return self.number


class Channel(models.TextChoices):
    """The ways to tell somebody."""

    INBOX = "inbox"
    EMAIL = "email"


class Template(models.Model):
    """The words of one kind of notice on one channel, in Django's template language; seeded, then the desk's own."""

    key = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, choices=Channel)
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "channel"], name="template_once_per_key_and_channel")]

    def __str__(self) -> str:
        return f"{self.key} ({self.channel})"


class Notice(models.Model):
    """One row of one person's inbox. One event makes one notice per person, however often it is delivered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField()
    event_id = models.UUIDField()
    kind = models.CharField(max_length=64)
    staff_only = models.BooleanField(default=False)
    ticket_id = models.UUIDField()
    ticket_number = models.CharField(max_length=32)
    title = models.TextField()
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "user_id"], name="notice_once_per_event_and_user")]
        indexes = [
            models.Index(fields=["user_id", "-id"], name="notice_inbox"),
            models.Index(fields=["user_id"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Delivery(models.Model):
    """One e-mail to one person: its final words, and what became of it."""

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, related_name="delivery")
    to_address = models.CharField(max_length=320)
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField()
    message_id = models.CharField(max_length=255, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    attempted_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="delivery_by_state")]

    def __str__(self) -> str:
        return f"{self.message_id} ({self.state})"
