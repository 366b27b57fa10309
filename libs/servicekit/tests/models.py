"""A table to act on."""

from django.db import models

from servicekit.ids import uuid7


class Note(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7)
    text = models.CharField(max_length=100)
    rank = models.IntegerField(default=0)
    owner = models.CharField(max_length=40, default="")
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.text
