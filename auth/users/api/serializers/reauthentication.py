"""What shows that it is still the account's owner: the password asked for again, a code, a passkey's signature."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from users.api.serializers.base import MAX_PASSWORD_LENGTH
from users.services.ceremonies import Assertion


class Base64UrlField(serializers.RegexField):
    """Bytes as the W3C's JSON forms have them: base64url without padding."""

    def __init__(self, **options: Any) -> None:
        super().__init__(r"\A[A-Za-z0-9_-]+\Z", **options)


class AssertionSerializer(StrictSerializer):
    """An authenticator's signature: `id` of the credential and what is in its `response`, base64url."""

    id = Base64UrlField(max_length=1364)
    client_data_json = Base64UrlField(max_length=4096)
    authenticator_data = Base64UrlField(max_length=4096)
    signature = Base64UrlField(max_length=2048)
    user_handle = Base64UrlField(max_length=88, required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Assertion:
        """As the services take it."""
        return Assertion(**super().to_internal_value(data))


class PasswordSerializer(StrictSerializer):
    """The caller's password, asked for again."""

    password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True)


class CodeSerializer(StrictSerializer):
    """A code of the device, or a recovery code where one will do."""

    code = serializers.RegexField(r"\A[0-9A-Fa-f-]{6,40}\Z", write_only=True)


class ProofSerializer(CodeSerializer):
    """Where a second factor is on: a code, or the signature of a passkey, for what `me/passkeys/confirmation/` asks."""

    code = serializers.RegexField(r"\A[0-9A-Fa-f-]{6,40}\Z", write_only=True, required=False)
    passkey = AssertionSerializer(required=False, write_only=True)


class PasswordAndProofSerializer(PasswordSerializer, ProofSerializer):
    """The caller's password, and the second factor where one is on."""
