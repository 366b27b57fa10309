"""Who is out of office, and who stands in for them."""

from django.db import models

from servicekit.ids import uuid7


class Absence(models.Model):
    """One absence as it was announced; it never changes but for its end. `substitute_id` empty: nobody stands in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person_id = models.UUIDField()
    substitute_id = models.UUIDField(null=True, blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.JSONField(help_text="id, kind and name")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Ended before its time, or called off.")
    ended_by = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person_id", "-id"], name="absence_person"),
            models.Index(fields=["ends_at"], condition=models.Q(ended_at=None), name="absence_not_over"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} until {self.ends_at}"
