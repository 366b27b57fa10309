"""People."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from users.api.serializers.roles import RoleField
from users.models import Role, User
from users.selectors.people import loaded_role_names

STATES = ["active", *User.InactiveReason.values]


class UserSerializer(serializers.ModelSerializer[User]):
    """A person as others may see them; from `selectors.people.with_roles`."""

    roles = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=STATES, read_only=True)
    has_password = serializers.BooleanField(
        source="has_usable_password", read_only=True, help_text="false until an invitation has been accepted"
    )

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
            "has_password",
            "is_superuser",
            "roles",
            "version",
        ]
        read_only_fields = fields

    def get_roles(self, user: User) -> list[str]:
        """Roles as `system:slug`."""
        return loaded_role_names(user)


class UserFilterSerializer(serializers.Serializer[Any]):
    """Who is wanted."""

    q = serializers.CharField(
        max_length=100, required=False, help_text="part of the name, user name, address or department"
    )
    role = RoleField(required=False)
    state = serializers.ChoiceField(choices=STATES, required=False)


class RequesterInputSerializer(StrictSerializer):
    """Who wrote an e-mail to the desk."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=255)


class RequesterSerializer(serializers.Serializer[Any]):
    """The account of who wrote."""

    id = serializers.UUIDField()
    is_active = serializers.BooleanField()


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


class ProfileEditSerializer(StrictSerializer):
    """What somebody changes of their own account."""

    name = serializers.CharField(max_length=200, required=False)
    time_zone = serializers.CharField(max_length=64, required=False)


class SuspensionSerializer(StrictSerializer):
    """Why; kept in the audit log."""

    reason = serializers.CharField(max_length=300)
