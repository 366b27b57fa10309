"""Getting tokens and giving them back."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from users.api.serializers.base import MAX_PASSWORD_LENGTH, MAX_TOKEN_LENGTH
from users.api.serializers.people import UserSerializer
from users.api.serializers.reauthentication import CodeSerializer


class CookieChoiceSerializer(StrictSerializer):
    """With `cookie` a browser gets the refresh token as a cookie instead of in the body."""

    cookie = serializers.BooleanField(default=False)


class CredentialsSerializer(CookieChoiceSerializer):
    """User name or e-mail address, and the password."""

    username = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True)


class RefreshOrCookieSerializer(StrictSerializer):
    """An opaque refresh token; without one that of the cookie."""

    refresh = serializers.CharField(max_length=256, required=False)


class RefreshSerializer(StrictSerializer):
    """An opaque refresh token."""

    refresh = serializers.CharField(max_length=256)


class VerifySerializer(StrictSerializer):
    """An access token."""

    token = serializers.CharField(max_length=MAX_TOKEN_LENGTH)


class ClientCredentialsSerializer(StrictSerializer):
    """A service's own credentials and the service that it wants to call."""

    client_id = serializers.CharField(max_length=63)
    client_secret = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    audience = serializers.CharField(max_length=63)


class ChallengeAnswerSerializer(CodeSerializer, CookieChoiceSerializer):
    """The challenge of the password step, and a code."""

    challenge = serializers.CharField(max_length=256, write_only=True)


class ChallengeSerializer(serializers.Serializer[Any]):
    """The password was right; one of the `methods` is owed within so many seconds."""

    challenge = serializers.CharField()
    expires_in = serializers.IntegerField()
    methods = serializers.ListField(child=serializers.ChoiceField(choices=["passkey", "totp"]))


class TokenPairSerializer(serializers.Serializer[Any]):
    """An access token and the refresh token that renews it; with a cookie for that, the profile of whose they are."""

    access = serializers.CharField()
    refresh = serializers.CharField(required=False)
    user = UserSerializer(required=False)


class ServiceTokenSerializer(serializers.Serializer[Any]):
    """A token without a refresh token, and its life in seconds."""

    access = serializers.CharField()
    expires_in = serializers.IntegerField()


class JwksSerializer(serializers.Serializer[Any]):
    """A JWK set (RFC 7517)."""

    keys = serializers.ListField(child=serializers.DictField())
