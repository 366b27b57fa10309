"""The row of an attached file; each service adds what the file belongs to."""

from django.db import models

from servicekit.ids import uuid7


class AbstractAttachment(models.Model):
    """A file by its content. Several rows may name the same bytes; who may have them is decided by the row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="bytes")
    content_type = models.CharField(max_length=100, help_text="sniffed from the content, never the client's word")
    filename = models.CharField(max_length=150, help_text="sanitised; for display and download")
    uploaded_by = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.filename
