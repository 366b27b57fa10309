"""The Django app: one table, the answers that an `Idempotency-Key` repeats."""

from django.apps import AppConfig


class ServicekitConfig(AppConfig):
    name = "servicekit"
    default_auto_field = "django.db.models.BigAutoField"
