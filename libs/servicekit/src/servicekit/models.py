"""The answers that are repeated to a client that asks again with the same `Idempotency-Key`."""

from django.db import models


class IdempotencyRecord(models.Model):
    """One answered request. `scope` is the SHA-256 of principal, method, path and key; no key is kept in clear."""

    scope = models.CharField(max_length=64, primary_key=True)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        db_table = "servicekit_idempotency"

    def __str__(self) -> str:
        return self.scope
