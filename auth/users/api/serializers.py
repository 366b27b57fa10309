"""What the API reads and answers."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from users.models import Role, Session, System, User
from users.selectors.people import loaded_role_names

# A password is hashed: a megabyte of it would be work for nothing.
MAX_PASSWORD_LENGTH = 1024
MAX_TOKEN_LENGTH = 8192


class CredentialsSerializer(StrictSerializer):
    """User name or e-mail address, and the password."""

    username = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True)


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


class PasswordChangeSerializer(StrictSerializer):
    """The present password and the one to come."""

    current_password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True)
    new_password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True)


class AddressSerializer(StrictSerializer):
    """An e-mail address."""

    email = serializers.EmailField(max_length=254)


class LinkPasswordSerializer(StrictSerializer):
    """The token of a link, and the password that it sets."""

    token = serializers.CharField(max_length=256, write_only=True)
    password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True)


class TokenPairSerializer(serializers.Serializer[Any]):
    """An access token and the refresh token that renews it."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class ServiceTokenSerializer(serializers.Serializer[Any]):
    """A service's token and its life in seconds."""

    access = serializers.CharField()
    expires_in = serializers.IntegerField()


class EmptySerializer(serializers.Serializer[Any]):
    """Nothing to say beyond the status."""


class UserSerializer(serializers.ModelSerializer[User]):
    """A person as others may see them; from `selectors.people.with_roles`."""

    roles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "username", "email", "name", "department", "time_zone", "is_active", "is_superuser", "roles"]
        read_only_fields = fields

    def get_roles(self, user: User) -> list[str]:
        """Roles as `system:slug`."""
        return loaded_role_names(user)


class RoleSerializer(serializers.ModelSerializer[Role]):
    """A role within its system."""

    class Meta:
        model = Role
        fields = ["id", "slug", "name"]


class SystemSerializer(serializers.ModelSerializer[System]):
    """A system with its active roles."""

    roles = RoleSerializer(many=True)

    class Meta:
        model = System
        fields = ["id", "slug", "name", "roles"]


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


class JwksSerializer(serializers.Serializer[Any]):
    """A JWK set (RFC 7517)."""

    keys = serializers.ListField(child=serializers.DictField())
