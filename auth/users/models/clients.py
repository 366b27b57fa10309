"""Credentials of programs: the services' own, and those of users' scripts."""

from django.db import models

from servicekit.ids import uuid7
from users.models.people import User, validate_plain_text


class ServiceClient(models.Model):
    """A service that may ask for tokens of its own. Its secret is long and random, so that SHA-256 keeps it safe."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client_id = models.CharField(max_length=63, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveBigIntegerField(default=1, db_default=1)

    def __str__(self) -> str:
        return self.client_id


class PersonalAccessToken(models.Model):
    """What a user's script signs in with. Only its SHA-256 is kept; its roles are the user's present ones."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="personal_access_tokens")
    name = models.CharField(max_length=100, validators=[validate_plain_text])
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.id}"
