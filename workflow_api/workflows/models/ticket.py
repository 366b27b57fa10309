"""What this service keeps of a ticket; ticket-service owns it."""

from django.db import models


class TicketProjection(models.Model):
    """The newest state of a ticket that has reached us, by its version."""

    # Of these statuses no work is to be done (any more).
    OVER = ("Resolved", "Closed", "Rejected", "Withdrawn", "Merged")
    # These end work that is under way. Resolved is not among them: it follows from our own task.completed.v1.
    ENDS_WORK = ("Closed", "Rejected", "Withdrawn", "Merged")

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=32, db_index=True)
    subject = models.CharField(max_length=255, blank=True)
    category = models.CharField(max_length=64, blank=True)
    sub_category = models.CharField(max_length=64, blank=True)
    department = models.CharField(max_length=120, blank=True)
    priority = models.CharField(max_length=16)
    status = models.CharField(max_length=32)
    requester_id = models.UUIDField()
    custom_fields = models.JSONField(default=dict, null=True, blank=True, help_text="What guards look at.")
    access_user_ids = models.JSONField(default=list)
    access_roles = models.JSONField(default=list)
    version = models.PositiveBigIntegerField(default=0, help_text="0: the row is taken, its state is not applied yet.")
    filed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number
