"""A ticket's conversation: what messaging knows of the ticket, and the comments it owns."""

from django.db import models

from attachments.models import AbstractAttachment
from servicekit.ids import uuid7


class Conversation(models.Model):
    """Projection of one ticket from `ticket.*`, and the counter of its comments.

    The row is locked while a comment is written, which makes `last_seq` gap-free.
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
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="comment_seq_once_per_ticket"),
            models.UniqueConstraint(fields=["author_id", "client_id"], name="comment_client_id_once_per_author"),
        ]

    def __str__(self) -> str:
        return f"comment {self.seq}"


class CommentAttachment(AbstractAttachment):
    """A file of a comment; as private as the comment."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="attachments")

    class Meta:
        ordering = ["id"]
