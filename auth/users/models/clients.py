"""The services' own credentials."""

from django.db import models

from servicekit.ids import uuid7


class ServiceClient(models.Model):
    """A service that may ask for tokens of its own. Its secret is long and random, so that SHA-256 keeps it safe."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client_id = models.CharField(max_length=63, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.client_id
