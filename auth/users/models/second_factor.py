"""The second factor of a sign-in."""

from django.db import models

from servicekit.ids import uuid7
from users.models.people import User


class TotpDevice(models.Model):
    """A user's generator of codes (RFC 6238). It counts once confirmed; no step is accepted twice or out of order."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="totp_device")
    seed = models.CharField(max_length=300)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.user_id)


class RecoveryCode(models.Model):
    """Stands for a code of the device, once. Long and random, so that SHA-256 keeps it safe."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="users_recoverycode_once")]

    def __str__(self) -> str:
        return str(self.id)


class SignInChallenge(models.Model):
    """A password was right; a code is still owed. Opens nothing but the second step, where its token is looked up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_challenges")
    token_hash = models.CharField(max_length=64, unique=True)
    token_version = models.PositiveBigIntegerField()
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)
