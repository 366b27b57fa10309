"""The Django app; it has no tables, services make theirs from `attachments.models.AbstractAttachment`."""

from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "attachments"
    default_auto_field = "django.db.models.BigAutoField"
