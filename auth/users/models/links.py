"""Links that auth sends by mail."""

from django.db import models

from servicekit.ids import uuid7
from users.models.people import User


class OneTimeLink(models.Model):
    """A way in without a password, for a short time and once. Only the SHA-256 of its token is kept."""

    class Purpose(models.TextChoices):
        PASSWORD_RESET = "password_reset"  # noqa: S105 - a purpose, not a secret
        INVITATION = "invitation"
        EMAIL_CHANGE = "email_change"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_links")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    email = models.EmailField(max_length=254, blank=True, db_default="")  # the new address, for EMAIL_CHANGE
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"
