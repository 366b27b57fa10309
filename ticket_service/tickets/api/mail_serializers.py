"""What messaging sends of an e-mail, and what it gets."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from tickets.api.serializers import MAX_ATTACHMENTS


class MailedTicketInput(StrictSerializer):
    """A ticket that came by e-mail."""

    requester_id = serializers.UUIDField()
    subject = serializers.CharField(max_length=255)
    description = serializers.CharField(max_length=20_000)
    category = serializers.SlugField(max_length=64)
    attachments = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=MAX_ATTACHMENTS + 1, allow_empty=True
    )

    def validate_subject(self, subject: str) -> str:
        """A mail's subject may be longer than a ticket's, and is in the mail."""
        return subject[:200]


class MailedTicketOutput(serializers.Serializer[Any]):
    """The ticket that a mail became."""

    id = serializers.UUIDField()
    number = serializers.CharField()
