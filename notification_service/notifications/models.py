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
    WEBHOOK = "webhook"
    CHAT = "chat"


class Template(models.Model):
    """The words of one kind of notice on one channel, in Django's template language; seeded, then the desk's own."""

    key = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, choices=Channel)
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "channel"], name="template_once_per_key_and_channel")]

    def __str__(self) -> str:
        return f"{self.key} ({self.channel})"


class EarlierTemplate(models.Model):
    """The words of a template until somebody replaced them."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="earlier")
    version = models.PositiveIntegerField()
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True)
    replaced_by = models.UUIDField(null=True)
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "version"], name="earlier_template_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.template_id} version {self.version}"


class InboxPosition(models.Model):
    """The number of the last change of one person's inbox; whoever changes it holds the row until they commit."""

    user_id = models.UUIDField(primary_key=True)
    last_seq = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.last_seq} of {self.user_id}"


class Notice(models.Model):
    """One row of one person's inbox. One event makes one notice per person, however often it is delivered.

    `seq` is the number of its last change; notices that one request changes together have the same.
    """

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
    archived_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    seq = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "user_id"], name="notice_once_per_event_and_user")]
        indexes = [
            models.Index(fields=["user_id", "-id"], name="notice_inbox"),
            models.Index(fields=["user_id"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["user_id", "seq", "id"], name="notice_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Preference(models.Model):
    """What one person chose for one kind of notice on one channel; without a row, what the rule says holds.

    `digest_minutes` above 0: what comes within so many minutes on one ticket is one message.
    """

    user_id = models.UUIDField()
    kind = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, choices=Channel)
    is_on = models.BooleanField(default=True)
    digest_minutes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "kind", "channel"], name="preference_once_per_kind_and_channel")
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.channel}) of {self.user_id}"


class QuietHours(models.Model):
    """When one person wants no message, in their own time zone; from `start` to `end`, over midnight if it is later."""

    user_id = models.UUIDField(primary_key=True)
    start = models.TimeField()
    end = models.TimeField()

    def __str__(self) -> str:
        return f"{self.start}-{self.end} of {self.user_id}"


class Decision(models.Model):
    """Why one person was, or was not, told of one event: written with the notice, read by `/api/v1/why/`.

    `channels` holds `{"channel", "outcome", "because", "until"}` for each channel of the rule.
    """

    class Verdict(models.TextChoices):
        TOLD = "told"
        INACTIVE = "inactive"
        NOT_STAFF = "not_staff"
        MAY_NOT_SEE = "may_not_see"

    event_id = models.UUIDField()
    user_id = models.UUIDField()
    event_type = models.CharField(max_length=100)
    kind = models.CharField(max_length=64)
    staff_only = models.BooleanField(default=False)
    ticket_id = models.UUIDField()
    verdict = models.CharField(max_length=16, choices=Verdict)
    channels = models.JSONField(default=list)
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "user_id"], name="decision_once_per_event_and_user")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}: {self.verdict}"


class Endpoint(models.Model):
    """Where a program (webhook) or a room (chat) hears of the chosen kinds; the desk's, not a person's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.CharField(max_length=8, choices=[("webhook", "Webhook"), ("chat", "Chat")])
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=1000)
    secret = models.CharField(max_length=100)
    kinds = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message to one person or endpoint outside the inbox: its final words, and what became of it.

    A held one waits until `held_until` for quiet hours or a digest; `digest_key` names the window that is open.
    """

    class State(models.TextChoices):
        HELD = "held"
        PENDING = "pending"
        SENT = "sent"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, null=True, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField()
    user_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=64)
    ticket_id = models.UUIDField()
    ticket_number = models.CharField(max_length=32)
    to_address = models.CharField(max_length=320)
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField()
    message_id = models.CharField(max_length=255, unique=True)
    digest_key = models.CharField(max_length=120, default="")
    held_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    # Tries of which nobody knows whether the other side took the message; each may have made one too many.
    unknown_outcomes = models.PositiveIntegerField(default=0, db_default=0)
    last_error = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    attempted_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Two events at once open one window, not two: the second is refused, waits, and joins the first.
            models.UniqueConstraint(
                fields=["user_id", "channel", "digest_key"],
                condition=models.Q(state="held") & ~models.Q(digest_key=""),
                name="delivery_one_open_digest",
            ),
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="delivery_once_per_event_and_endpoint"),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="delivery_by_state"),
            models.Index(fields=["event_id", "user_id"], name="delivery_by_event"),
            models.Index(fields=["held_until"], condition=models.Q(state="held"), name="delivery_held"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} ({self.state})"


class DigestItem(models.Model):
    """One notice within a digest, in the words of the inbox."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="items")
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE)
    event_id = models.UUIDField()
    title = models.TextField()
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "event_id"], name="digest_item_once_per_event")]

    def __str__(self) -> str:
        return self.title


class Attempt(models.Model):
    """One try to hand a message over, and what the other side answered."""

    class Outcome(models.TextChoices):
        SENT = "sent"
        RETRY = "retry"
        FAILED = "failed"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    answer = models.CharField(max_length=64)
    milliseconds = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_once_per_number")]

    def __str__(self) -> str:
        return f"{self.number}: {self.answer}"


class Suppression(models.Model):
    """An address that its server says does not exist: nothing more is sent there until somebody lifts it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address = models.CharField(max_length=320, unique=True)  # in lower case
    reason = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.address
