"""What goes in and out of notification-service's API."""

from typing import Any

from rest_framework import serializers

from notifications.models import Delivery, Notice

MAX_TICKET_CHARACTERS = 36


class InboxQuery(serializers.Serializer[Any]):
    """Filters of the inbox; `ticket` is an id or a number."""

    unread = serializers.BooleanField(default=False)
    ticket = serializers.CharField(default="", max_length=MAX_TICKET_CHARACTERS)


class DeliveryQuery(serializers.Serializer[Any]):
    """Filters of the deliveries; `ticket` is an id or a number."""

    state = serializers.ChoiceField(choices=Delivery.State.choices, default="")
    ticket = serializers.CharField(default="", max_length=MAX_TICKET_CHARACTERS)


class NoticeOut(serializers.ModelSerializer[Notice]):
    """One notice in the caller's inbox; unread while `read_at` is null."""

    class Meta:
        model = Notice
        fields = ["id", "kind", "ticket_id", "ticket_number", "title", "body", "created_at", "read_at"]


class UnreadOut(serializers.Serializer[Any]):
    """How many notices the caller has not read."""

    unread = serializers.IntegerField()


class ReadOut(serializers.Serializer[Any]):
    """How many notices were marked read."""

    read = serializers.IntegerField()


class DeliveryOut(serializers.ModelSerializer[Delivery]):
    """What became of one e-mail; its words are its receiver's alone."""

    user_id = serializers.UUIDField(source="notice.user_id")
    kind = serializers.CharField(source="notice.kind")
    ticket_id = serializers.UUIDField(source="notice.ticket_id")
    ticket_number = serializers.CharField(source="notice.ticket_number")
    attempts = serializers.IntegerField(min_value=0)  # a model field's range, and so the schema, varies by database

    class Meta:
        model = Delivery
        fields = [
            "id",
            "user_id",
            "kind",
            "ticket_id",
            "ticket_number",
            "to_address",
            "message_id",
            "state",
            "attempts",
            "last_error",
            "created_at",
            "attempted_at",
            "sent_at",
        ]
