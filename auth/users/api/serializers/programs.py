"""Credentials of programs: personal access tokens and service clients."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from servicekit.fields import StrictSerializer
from users.api.serializers.reauthentication import PasswordAndProofSerializer
from users.models import PersonalAccessToken, ServiceClient

PERSONAL_SCOPES = [f"{service}:{access}" for service in settings.SERVICE_NAMES for access in ("read", "write")]


class PersonalTokenCreateSerializer(PasswordAndProofSerializer):
    """A new personal access token, and what shows that it is its owner who wants it."""

    name = serializers.RegexField(r"\A[^\x00-\x1f\x7f]+\Z", max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=PERSONAL_SCOPES), allow_empty=False, max_length=len(PERSONAL_SCOPES)
    )
    expires_in_days = serializers.IntegerField(min_value=1, max_value=366, default=90)


class PersonalTokenSerializer(serializers.ModelSerializer[PersonalAccessToken]):
    """A personal access token without its text."""

    scopes = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = PersonalAccessToken
        fields = ["id", "name", "scopes", "created_at", "expires_at", "last_used_at"]
        read_only_fields = fields


class PersonalTokenCreatedSerializer(PersonalTokenSerializer):
    """The same with its text, shown once."""

    token = serializers.CharField()

    class Meta(PersonalTokenSerializer.Meta):
        fields = [*PersonalTokenSerializer.Meta.fields, "token"]


class PersonalTokenExchangeSerializer(StrictSerializer):
    """A personal access token."""

    token = serializers.CharField(max_length=256, write_only=True)


class ServiceScopesField(serializers.ListField):
    """What a service may do with its tokens."""

    def __init__(self, **options: Any) -> None:
        child = serializers.ChoiceField(choices=settings.SERVICE_SCOPES)
        super().__init__(child=child, max_length=len(settings.SERVICE_SCOPES), **options)


class ServiceClientCreateSerializer(PasswordAndProofSerializer):
    """A new service client, and what shows that it is its maker who wants it."""

    client_id = serializers.RegexField(r"\A[a-z][a-z0-9-]{1,62}\Z", max_length=63)
    scopes = ServiceScopesField()


class ServiceClientEditSerializer(StrictSerializer):
    """A client's other scopes, and whether it may have tokens."""

    scopes = ServiceScopesField(required=False)
    is_active = serializers.BooleanField(required=False)


class ServiceClientSerializer(serializers.ModelSerializer[ServiceClient]):
    """A service client without its secret."""

    scopes = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = ServiceClient
        fields = ["id", "client_id", "scopes", "is_active", "created_at", "last_used_at", "version"]
        read_only_fields = fields


class ServiceClientCreatedSerializer(ServiceClientSerializer):
    """The same with its secret, shown once."""

    client_secret = serializers.CharField()

    class Meta(ServiceClientSerializer.Meta):
        fields = [*ServiceClientSerializer.Meta.fields, "client_secret"]


class ClientSecretSerializer(serializers.Serializer[Any]):
    """A client's new secret, shown once."""

    client_secret = serializers.CharField()
