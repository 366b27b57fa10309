"""Systems, roles, and who holds them."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from servicekit.fields import StrictSerializer
from users.models import Role, RoleAssignment, System, User


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
        fields = ["id", "slug", "name", "roles", "version"]


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
        fields = ["id", "system", "slug", "name", "is_active", "version"]
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
