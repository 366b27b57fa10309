"""Systems, their roles, and who holds them."""

from django.core.validators import RegexValidator
from django.db import models

from servicekit.ids import uuid7
from users.models.people import User

system_slug_validator = RegexValidator(r"\A[a-z]+\Z")
role_slug_validator = RegexValidator(r"\A[a-z-]+\Z")


class System(models.Model):
    """An application that people hold roles in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=30, unique=True, validators=[system_slug_validator])
    name = models.CharField(max_length=100)
    version = models.PositiveBigIntegerField(default=1, db_default=1)

    def __str__(self) -> str:
        return self.slug


class Role(models.Model):
    """A role of one system; outside auth it is called `system:slug`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="roles")
    slug = models.CharField(max_length=49, validators=[role_slug_validator])
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    version = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "slug"], name="users_role_once")]

    def __str__(self) -> str:
        return f"{self.system.slug}:{self.slug}"


class RoleAssignment(models.Model):
    """A user holds a role, or held it once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")
    is_active = models.BooleanField(default=True)
    version = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="users_roleassignment_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id}"
