"""People who ask for an account."""

from django.db import models
from django.db.models import Q

from servicekit.ids import uuid7
from users.models.people import username_validator, validate_plain_text, validate_time_zone


class Registration(models.Model):
    """Somebody asks to become an Employee. `unconfirmed` until the address has proved to be theirs."""

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed"
        PENDING = "pending"
        APPROVED = "approved"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=150, validators=[username_validator])
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, validators=[validate_plain_text])
    department = models.CharField(max_length=100, blank=True, validators=[validate_plain_text])
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    state = models.CharField(max_length=20, choices=State.choices, default=State.UNCONFIRMED)
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(state="pending"), name="users_registration_pending_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"
