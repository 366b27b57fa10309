"""A ticket's conversation: what messaging knows of the ticket, and the comments it owns."""

from django.db import models

from attachments.models import AbstractAttachment
from servicekit.ids import uuid7


class Conversation(models.Model):
    """Projection of one ticket from `ticket.*`, and the counter of its stream.

    The row is locked while a comment is written or changed, which makes `last_seq` gap-free.
    """

    ticket_id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    requester_id = models.UUIDField()
    access_user_ids = models.JSONField(default=list)
    access_roles = models.JSONField(default=list)
    status = models.CharField(max_length=16)
    version = models.PositiveBigIntegerField()
    last_seq = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.number


class Visibility(models.TextChoices):
    """Who reads a comment: everybody who sees the ticket, or staff only (an internal note)."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Comment(models.Model):
    """One public reply or internal note; the author's `client_id` makes a repeated POST the same comment."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="comments")
    seq = models.PositiveBigIntegerField()
    client_id = models.UUIDField()
    author_id = models.UUIDField()
    author_name = models.CharField(max_length=255)
    author_is_staff = models.BooleanField()
    visibility = models.CharField(max_length=8, choices=Visibility)
    body = models.TextField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies")
    mentions = models.JSONField(default=list)
    version = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="comment_seq_once_per_ticket"),
            models.UniqueConstraint(fields=["author_id", "client_id"], name="comment_client_id_once_per_author"),
        ]

    def __str__(self) -> str:
        return f"comment {self.seq}"


class Revision(models.Model):
    """An earlier body of an edited comment; erased when the comment is deleted."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveBigIntegerField()
    body = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "version"], name="revision_once_per_version")]
        ordering = ["version"]

    def __str__(self) -> str:
        return f"version {self.version}"


class Change(models.Model):
    """One entry of a conversation's stream: what happened to which comment. `seq` leaves no gap."""

    class Kind(models.TextChoices):
        CREATED = "created"
        UPDATED = "updated"
        DELETED = "deleted"
        REACTED = "reacted"

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="changes")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="changes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "seq"], name="change_seq_once_per_ticket")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Reaction(models.Model):
    """What somebody thinks of a comment, in one sign."""

    class Sign(models.TextChoices):
        THUMBS_UP = "thumbs-up"
        THUMBS_DOWN = "thumbs-down"
        HEART = "heart"
        LAUGH = "laugh"
        HOORAY = "hooray"
        CONFUSED = "confused"
        EYES = "eyes"

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reactions")
    user_id = models.UUIDField()
    sign = models.CharField(max_length=11, choices=Sign)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user_id", "sign"], name="reaction_once_per_user")]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.sign


class ReadMark(models.Model):
    """How far somebody has read a conversation."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="read_marks")
    user_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user_id"], name="read_mark_once_per_user")]

    def __str__(self) -> str:
        return f"read up to {self.seq}"


class Presence(models.Model):
    """One live stream that is open: its reader is on the ticket. Its process renews `seen_at` while it lasts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="presences")
    user_id = models.UUIDField()
    name = models.CharField(max_length=255)
    is_staff = models.BooleanField()
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name


class CommentAttachment(AbstractAttachment):
    """A file of a comment; as private as the comment."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="attachments")

    class Meta:
        ordering = ["id"]


class InboundMail(models.Model):
    """A message that came in by e-mail, and what became of it. One row for all copies of a message.

    `ticket_id` is the ticket that it belongs to. For a mail that files one it is unknown until ticket-service has
    answered; until then `next_attempt_at` says when it is asked (again), and `text` and the files wait here.
    """

    class Outcome(models.TextChoices):
        REPLY = "reply"
        TICKET = "ticket"
        BOUNCE = "bounce"
        IGNORED = "ignored"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True)
    message_id = models.CharField(max_length=255, blank=True)
    sender = models.CharField(max_length=255, blank=True)
    sender_name = models.CharField(max_length=255, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=40, blank=True, help_text="why it was ignored or refused")
    person_id = models.UUIDField(null=True)
    ticket_id = models.UUIDField(null=True)
    comment = models.ForeignKey(Comment, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(blank=True)
    next_attempt_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="inbound_mail_to_file",
                condition=models.Q(next_attempt_at__isnull=False),
            ),
            models.Index(fields=["sender", "received_at"], name="inbound_mail_by_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.message_id}"


class MailReading(models.Model):
    """A message in the mailbox that was begun to be read and is not dealt with yet; `identity` is its hash there.

    One that is begun again and again without an end kills whoever reads it, and is refused unread.
    """

    identity = models.CharField(max_length=64, primary_key=True)
    begun = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.identity} begun {self.begun} times"


class MailboxFailure(models.Model):
    """Since when the worker has not got into the desk's mailbox; no row while it does. There is one mailbox."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"since {self.since:%Y-%m-%d %H:%M}"


class InboundFile(AbstractAttachment):
    """A file of a mail that has yet to become a ticket."""

    mail = models.ForeignKey(InboundMail, on_delete=models.CASCADE, related_name="files")

    class Meta:
        ordering = ["id"]
