"""People."""

import unicodedata
from functools import cache
from typing import ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from servicekit.ids import uuid7

# ASCII only, so that no two user names look alike; without "@", so that none looks like an e-mail address.
username_validator = RegexValidator(r"\A[a-z0-9][a-z0-9._-]{0,149}\Z", "Use a-z, 0-9, dot, hyphen and underscore.")


def normalize_username(text: str) -> str:
    """The one spelling under which a user name is stored and looked up."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def normalize_email(text: str) -> str:
    """The one spelling under which an address is stored and looked up: accounts differ in more than case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


@cache
def _time_zones() -> frozenset[str]:
    """Looking them up walks the whole database of zones: 20 ms."""
    return frozenset(available_timezones())


def validate_time_zone(name: str) -> None:
    """Raises ValidationError for what is no IANA time zone."""
    if name not in _time_zones():
        raise ValidationError("Not a known time zone.", code="unknown_time_zone")


def validate_plain_text(text: str) -> None:
    """Raises ValidationError for control characters: names go into mail headers and logs."""
    if any(unicodedata.category(character).startswith("C") for character in text):
        raise ValidationError("Control characters are not allowed.", code="control_character")


class UserManager(BaseUserManager["User"]):
    """Looks people up; accounts are made by users.services.accounts, which also publishes them."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of that name, in whatever case it was typed."""
        return self.get(username=normalize_username(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `version` counts changes of the public state, `token_version` voids every earlier token."""

    class InactiveReason(models.TextChoices):
        DEACTIVATED = "deactivated"
        SUSPENDED = "suspended"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=150, unique=True, validators=[username_validator])
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, validators=[validate_plain_text])
    department = models.CharField(max_length=100, blank=True, validators=[validate_plain_text])
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    is_active = models.BooleanField(default=True)
    inactive_reason = models.CharField(max_length=20, blank=True, choices=InactiveReason.choices)
    token_version = models.PositiveBigIntegerField(default=0)
    version = models.PositiveBigIntegerField(default=1)
    # Kept true to the table of passkeys by services.second_factor: a sign-in that reads the user asks nothing more.
    has_passkey = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(username=Lower("username")), name="users_user_username_lower"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="users_user_email_lower"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def state(self) -> str:
        """`active`, or why it is not."""
        return "active" if self.is_active else self.inactive_reason or self.InactiveReason.DEACTIVATED.value

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session of the operators' site holds on to: whatever voids tokens ends it, too."""
        return salted_hmac(
            "users.operator-session", f"{self.password}:{self.token_version}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def clean(self) -> None:
        """Brings both names into their one spelling before they are validated."""
        self.username = normalize_username(self.username)
        self.email = normalize_email(self.email)
