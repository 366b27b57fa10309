"""What a service keeps of auth's data: the people, who has been revoked, and the last good keys."""

from django.db import models


class Person(models.Model):
    """A user as auth last told; `version` is the user's at auth. A projection: only events write it."""

    id = models.UUIDField(primary_key=True, editable=False)
    username = models.CharField(max_length=150)
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64)
    department = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    is_superuser = models.BooleanField(default=False)
    version = models.PositiveBigIntegerField()

    class Meta:
        db_table = "jwtauth_person"

    def __str__(self) -> str:
        return self.username


class PersonRole(models.Model):
    """One role, `system:slug`, that a person holds."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_set")
    role = models.CharField(max_length=80)

    class Meta:
        db_table = "jwtauth_personrole"
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="jwtauth_personrole_once")]
        indexes = [models.Index(fields=["role", "person"], name="jwtauth_personrole_role")]

    def __str__(self) -> str:
        return self.role


class Revocation(models.Model):
    """Tokens of this user with a `tv` below `min_token_version` are refused."""

    user_id = models.UUIDField(primary_key=True, editable=False)
    min_token_version = models.PositiveBigIntegerField()
    revoked_at = models.DateTimeField()

    class Meta:
        db_table = "jwtauth_revocation"

    def __str__(self) -> str:
        return f"{self.user_id} below {self.min_token_version}"


class KeySet(models.Model):
    """The last good JWK set of an issuer, so that a restart while auth is away still verifies tokens."""

    issuer = models.CharField(max_length=200, primary_key=True)
    document = models.JSONField()
    fetched_at = models.DateTimeField()

    class Meta:
        db_table = "jwtauth_jwks"

    def __str__(self) -> str:
        return self.issuer
