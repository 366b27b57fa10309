"""The second factor of a sign-in."""

from django.db import models

from servicekit.ids import uuid7
from users.models.people import User, validate_plain_text


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


class Passkey(models.Model):
    """A WebAuthn credential: a public key whose private half never leaves the user's device or its vault.

    `credential_id` and `public_key` (COSE) are base64url without padding; `sign_count` is the highest that was seen
    (W3C Web Authentication, 6.1.1), 0 for authenticators that do not count.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=100, validators=[validate_plain_text])
    credential_id = models.CharField(max_length=1364, unique=True)  # at most 1,023 bytes
    public_key = models.TextField()
    sign_count = models.PositiveBigIntegerField(default=0)
    is_synced = models.BooleanField(default=False)
    transports = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class PasskeyChallenge(models.Model):
    """What an authenticator is to sign, once and soon. Only its SHA-256 is kept; answering deletes it.

    `bound_to` is the session that asked, or the `SignInChallenge` that a second factor is owed for.
    """

    class Purpose(models.TextChoices):
        REGISTRATION = "registration"
        CONFIRMATION = "confirmation"
        SECOND_FACTOR = "second_factor"
        SIGN_IN = "sign_in"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    challenge_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="passkey_challenges")
    bound_to = models.UUIDField(null=True, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"
