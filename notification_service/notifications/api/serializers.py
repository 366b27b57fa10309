"""What goes in and out of notification-service's API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from notifications.models import Delivery, Notice
from notifications.selectors import Folder
from notifications.services.decide import HELD, NOW, SKIPPED
from servicekit.fields import StrictSerializer

MAX_TICKET_CHARACTERS = 36


class InboxQuery(serializers.Serializer[Any]):
    """Filters of the inbox; `ticket` is an id or a number."""

    folder = serializers.ChoiceField(choices=[folder.value for folder in Folder], default=Folder.INBOX.value)
    unread = serializers.BooleanField(default=False)
    ticket = serializers.CharField(default="", max_length=MAX_TICKET_CHARACTERS)


class SnoozeIn(StrictSerializer):
    """Until when a notice stays out of sight."""

    until = serializers.DateTimeField()


class DeliveryQuery(serializers.Serializer[Any]):
    """Filters of the deliveries; `ticket` is an id or a number."""

    state = serializers.ChoiceField(choices=Delivery.State.choices, default="")
    channel = serializers.ChoiceField(choices=["email", "webhook", "chat"], default="")
    endpoint = serializers.UUIDField(default=None)
    ticket = serializers.CharField(default="", max_length=MAX_TICKET_CHARACTERS)


class NoticeOut(serializers.ModelSerializer[Notice]):
    """One notice in the caller's inbox; unread while `read_at` is null."""

    class Meta:
        model = Notice
        fields = [
            "id",
            "event_id",
            "kind",
            "ticket_id",
            "ticket_number",
            "title",
            "body",
            "created_at",
            "read_at",
            "archived_at",
            "snoozed_until",
        ]


class UnreadOut(serializers.Serializer[Any]):
    """How many notices the caller has not read, and the number of the last change of the inbox."""

    unread = serializers.IntegerField()
    seq = serializers.IntegerField()


class ReadOut(serializers.Serializer[Any]):
    """How many notices were marked read."""

    read = serializers.IntegerField()


class ArchivedOut(serializers.Serializer[Any]):
    """How many notices were put away."""

    archived = serializers.IntegerField()


class DeliveryOut(serializers.ModelSerializer[Delivery]):
    """What became of one message; its words are its receiver's alone."""

    channel = serializers.CharField()
    endpoint_id = serializers.UUIDField(allow_null=True)
    attempts = serializers.IntegerField(min_value=0)  # a model field's range, and so the schema, varies by database
    unknown_outcomes = serializers.IntegerField(min_value=0)

    class Meta:
        model = Delivery
        fields = [
            "id",
            "channel",
            "event_id",
            "user_id",
            "endpoint_id",
            "kind",
            "ticket_id",
            "ticket_number",
            "to_address",
            "message_id",
            "state",
            "attempts",
            "unknown_outcomes",
            "last_error",
            "created_at",
            "held_until",
            "attempted_at",
            "sent_at",
        ]


MAX_DIGEST_MINUTES = 24 * 60


class PreferenceIn(StrictSerializer):
    """A choice; `digest_minutes` above 0 gathers what comes within so many minutes on one ticket."""

    on = serializers.BooleanField()
    digest_minutes = serializers.IntegerField(default=0, min_value=0, max_value=MAX_DIGEST_MINUTES)


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$"})
class LocalTimeField(serializers.TimeField):
    """A time of day without an offset, which OpenAPI's format `time` (RFC 3339) would demand."""


class QuietHoursIn(StrictSerializer):
    """From when until when, in the caller's own time zone; over midnight where `end` is earlier."""

    start = LocalTimeField()
    end = LocalTimeField()


class PreferenceOut(serializers.Serializer[Any]):
    """What holds for one kind of notice on one channel; what is `fixed` nobody can change."""

    kind = serializers.CharField()
    channel = serializers.CharField()
    fixed = serializers.BooleanField()
    on = serializers.BooleanField()
    digest_minutes = serializers.IntegerField()


class QuietHoursOut(serializers.Serializer[Any]):
    """From when until when, in the person's time zone."""

    start = LocalTimeField()
    end = LocalTimeField()


class PreferencesOut(serializers.Serializer[Any]):
    """The whole matrix of the caller."""

    time_zone = serializers.CharField()
    quiet_hours = QuietHoursOut(allow_null=True)
    preferences = PreferenceOut(many=True)


class WhyQuery(serializers.Serializer[Any]):
    """Which event, and whom; the caller unless given."""

    event = serializers.UUIDField()
    user = serializers.UUIDField(required=False)


class WhyRuleOut(serializers.Serializer[Any]):
    """The rule of the event's type, in words."""

    recipients = serializers.CharField()
    staff_only = serializers.BooleanField()
    must_see_ticket = serializers.BooleanField()
    fixed_channels = serializers.ListField(child=serializers.CharField())


class WhyDeliveryOut(serializers.ModelSerializer[Delivery]):
    """What became of the message."""

    attempts = serializers.IntegerField(min_value=0)

    class Meta:
        model = Delivery
        fields = ["id", "state", "attempts", "last_error", "held_until", "attempted_at", "sent_at"]


class WhyChannelOut(serializers.Serializer[Any]):
    """What was decided on one channel, and by what."""

    channel = serializers.CharField()
    outcome = serializers.ChoiceField(choices=[NOW, HELD, SKIPPED])
    because = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    delivery = WhyDeliveryOut(allow_null=True)


class WhyOut(serializers.Serializer[Any]):
    """Why somebody was, or was not, told."""

    event_id = serializers.UUIDField()
    event_type = serializers.CharField()
    user_id = serializers.UUIDField()
    kind = serializers.CharField(allow_null=True)
    rule = WhyRuleOut(allow_null=True)
    verdict = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    channels = WhyChannelOut(many=True)
