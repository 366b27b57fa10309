"""What the API reads and answers."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from servicekit.fields import StrictSerializer
from users.models import AuditEntry, Role, RoleAssignment, Session, System, User
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


class PasswordSerializer(StrictSerializer):
    """The caller's password, asked for again."""

    password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True)


class CodeSerializer(StrictSerializer):
    """A code of the device, or a recovery code where one will do."""

    code = serializers.RegexField(r"\A[0-9A-Fa-f-]{6,40}\Z", write_only=True)


class PasswordAndCodeSerializer(PasswordSerializer, CodeSerializer):
    """Both."""


class ChallengeAnswerSerializer(CodeSerializer):
    """The challenge of the password step, and a code."""

    challenge = serializers.CharField(max_length=256, write_only=True)


class ChallengeSerializer(serializers.Serializer[Any]):
    """The password was right; a code is owed within so many seconds."""

    challenge = serializers.CharField()
    expires_in = serializers.IntegerField()


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
    state = serializers.ChoiceField(choices=["active", *User.InactiveReason.values], read_only=True)

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "email",
            "name",
            "department",
            "time_zone",
            "is_active",
            "state",
            "is_superuser",
            "roles",
        ]
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


@extend_schema_field({"type": "string", "pattern": "^[a-z]+:[a-z-]+$", "maxLength": 80})
class RoleField(serializers.Field[Role, Any, Any, Any]):
    """A role written `system:slug`; a retired one only where it is asked about."""

    default_error_messages = {"role_unknown": "There is no such role in use."}

    def __init__(self, *, retired: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.retired = retired

    def to_internal_value(self, data: Any) -> Role:
        """The role."""
        if not isinstance(data, str) or not re.fullmatch(r"[a-z]{1,30}:[a-z-]{1,49}", data):
            self.fail("role_unknown")
        system, _, slug = data.partition(":")
        role = Role.objects.select_related("system").filter(system__slug=system, slug=slug).first()
        if role is None or not (role.is_active or self.retired):
            self.fail("role_unknown")
        return role


class InviteSerializer(StrictSerializer):
    """A new account; what is malformed or taken is found by the model."""

    username = serializers.CharField(max_length=150)
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=200)
    department = serializers.CharField(max_length=100, required=False, allow_blank=True)
    time_zone = serializers.CharField(max_length=64, required=False)
    roles = serializers.ListField(child=RoleField(), allow_empty=False, max_length=20)

    def validate_roles(self, roles: list[Role]) -> list[Role]:
        """Each one once."""
        return list(dict.fromkeys(roles))


class UserEditSerializer(StrictSerializer):
    """What an admin changes of an account."""

    name = serializers.CharField(max_length=200, required=False)
    department = serializers.CharField(max_length=100, required=False, allow_blank=True)
    time_zone = serializers.CharField(max_length=64, required=False)


class SuspensionSerializer(StrictSerializer):
    """Why; kept in the audit log."""

    reason = serializers.CharField(max_length=300)


class SystemCreateSerializer(StrictSerializer):
    """A new system."""

    slug = serializers.CharField(max_length=30)
    name = serializers.CharField(max_length=100)


class SystemEditSerializer(StrictSerializer):
    """A system's other name."""

    name = serializers.CharField(max_length=100)


class RoleCreateSerializer(StrictSerializer):
    """A new role of the system of that slug."""

    system = serializers.SlugRelatedField(slug_field="slug", queryset=System.objects.all())
    slug = serializers.CharField(max_length=49)
    name = serializers.CharField(max_length=100)


class RoleEditSerializer(StrictSerializer):
    """A role's other name, and whether it is in use."""

    name = serializers.CharField(max_length=100, required=False)
    is_active = serializers.BooleanField(required=False)


class RoleDetailSerializer(serializers.ModelSerializer[Role]):
    """A role with its system's slug."""

    system = serializers.SlugRelatedField[System](slug_field="slug", read_only=True)

    class Meta:
        model = Role
        fields = ["id", "system", "slug", "name", "is_active"]
        read_only_fields = fields


class GrantSerializer(StrictSerializer):
    """Who is to hold which role."""

    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.all(), pk_field=serializers.UUIDField())
    role = RoleField()


class RoleAssignmentSerializer(serializers.ModelSerializer[RoleAssignment]):
    """Somebody holds a role, `system:slug`."""

    user = serializers.UUIDField(source="user_id", read_only=True)
    role = serializers.CharField(read_only=True)

    class Meta:
        model = RoleAssignment
        fields = ["id", "user", "role"]


class AssignmentFilterSerializer(serializers.Serializer[Any]):
    """Of one user, of one role."""

    user = serializers.UUIDField(required=False)
    role = RoleField(required=False)


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

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "event", "user_id", "actor", "address", "user_agent", "request_id", "detail"]
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
