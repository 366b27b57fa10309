"""The audit log, and why somebody may do something."""

from typing import Any

from rest_framework import serializers

from users.api.serializers.roles import RoleField
from users.models import AuditEntry


class AuditFilterSerializer(serializers.Serializer[Any]):
    """Which entries are wanted; `since` counts, `until` does not."""

    user = serializers.UUIDField(required=False)
    actor = serializers.UUIDField(required=False)
    event = serializers.RegexField(r"\A[a-z_]{1,50}\Z", required=False)
    request_id = serializers.RegexField(r"\A[A-Za-z0-9._-]{1,128}\Z", required=False)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class ActorSerializer(serializers.Serializer[Any]):
    """Who did it."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    """One thing that happened."""

    actor = ActorSerializer(allow_null=True)
    detail = serializers.DictField()
    user_name = serializers.CharField(allow_null=True, help_text="the user's present name")

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "event", "user_id", "user_name", "actor", "address", "user_agent", "request_id", "detail"]
        read_only_fields = fields


class ExplanationQuerySerializer(serializers.Serializer[Any]):
    """Who, and what they would do: what a role allows."""

    user = serializers.UUIDField()
    role = RoleField(retired=True)


class ReasonSerializer(serializers.Serializer[Any]):
    """One fact that decides, and since when and through whom it is one."""

    code = serializers.CharField()
    detail = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    by = ActorSerializer(allow_null=True)


class ExplanationSerializer(serializers.Serializer[Any]):
    """Whether the user may, and every reason."""

    user = serializers.UUIDField()
    role = serializers.CharField()
    allowed = serializers.BooleanField()
    reasons = ReasonSerializer(many=True)
