"""The caller's own account: password, second factor, sessions, links."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from users.api.serializers.base import MAX_PASSWORD_LENGTH
from users.api.serializers.reauthentication import PasswordAndProofSerializer, ProofSerializer
from users.api.serializers.tokens import CookieChoiceSerializer
from users.models import Session


class PasswordChangeSerializer(ProofSerializer, CookieChoiceSerializer):
    """The present password and the one to come, and the second factor where one is on."""

    current_password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True)
    new_password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True)


class TotpSerializer(serializers.Serializer[Any]):
    """Whether signing in needs a code."""

    enabled = serializers.BooleanField()
    recovery_codes_left = serializers.IntegerField()


class EnrolmentSerializer(serializers.Serializer[Any]):
    """The seed for the device, and the same as a URI for a QR code."""

    secret = serializers.CharField()
    uri = serializers.CharField()


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    """Shown once."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class AddressSerializer(StrictSerializer):
    """An e-mail address."""

    email = serializers.EmailField(max_length=254)


class EmailChangeSerializer(AddressSerializer, PasswordAndProofSerializer):
    """A new address, and what shows that it is its owner who wants it."""


class LinkPasswordSerializer(StrictSerializer):
    """The token of a link, and the password that it sets."""

    token = serializers.CharField(max_length=256, write_only=True)
    password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True)


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A session of the caller; `current` is the one that asks."""

    current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ["id", "created_at", "last_used_at", "expires_at", "address", "user_agent", "current"]
        read_only_fields = fields

    def get_current(self, session: Session) -> bool:
        """Whether the request came in this session."""
        return bool(session.pk == self.context["session_id"])
