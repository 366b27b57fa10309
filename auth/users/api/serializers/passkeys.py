"""Passkeys: what browsers are handed, and what they answer."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from users.api.serializers.reauthentication import AssertionSerializer, Base64UrlField
from users.api.serializers.tokens import CookieChoiceSerializer
from users.models import Passkey
from users.services.ceremonies import Attestation


class AttestationSerializer(StrictSerializer):
    """An authenticator's new credential: `id` and what is in its `response`, base64url."""

    id = Base64UrlField(max_length=1364)
    client_data_json = Base64UrlField(max_length=4096)
    attestation_object = Base64UrlField(max_length=16384)
    transports = serializers.ListField(
        child=serializers.RegexField(r"\A[a-z-]+\Z", max_length=20), max_length=10, default=list
    )

    def to_internal_value(self, data: Any) -> Attestation:
        """As the services take it."""
        return Attestation(**super().to_internal_value(data))


class PasskeyCreateSerializer(StrictSerializer):
    """A new passkey, and what its owner calls it."""

    name = serializers.RegexField(r"\A[^\x00-\x1f\x7f]+\Z", max_length=100)
    credential = AttestationSerializer(write_only=True)


class PasskeyEditSerializer(StrictSerializer):
    """Another name."""

    name = serializers.RegexField(r"\A[^\x00-\x1f\x7f]+\Z", max_length=100)


class PasskeySerializer(serializers.ModelSerializer[Passkey]):
    """A passkey of the caller; one that `is_synced` is in a vault that several devices share."""

    class Meta:
        model = Passkey
        fields = ["id", "name", "is_synced", "created_at", "last_used_at", "version"]
        read_only_fields = fields


class PasskeyCreatedSerializer(PasskeySerializer):
    """The same; with recovery codes, shown once, where it is the account's first second factor."""

    recovery_codes = serializers.ListField(child=serializers.CharField())

    class Meta(PasskeySerializer.Meta):
        fields = [*PasskeySerializer.Meta.fields, "recovery_codes"]


class PasskeyOptionsSerializer(serializers.Serializer[Any]):
    """What `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` takes, and the seconds within which."""

    public_key = serializers.DictField()
    expires_in = serializers.IntegerField()


class PasskeyBeginSerializer(StrictSerializer):
    """The challenge of the password step; without it the passkey signs in alone."""

    challenge = serializers.CharField(max_length=256, write_only=True, required=False)


class PasskeyAnswerSerializer(PasskeyBeginSerializer, CookieChoiceSerializer):
    """The same challenge, if there was one, and the signature."""

    credential = AssertionSerializer(write_only=True)
