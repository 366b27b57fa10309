"""Django's description of this app."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class OperatorAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site."""

    default = False
    default_site = "users.admin_site.OperatorSite"


class UsersConfig(AppConfig):
    """People, systems, roles, sessions and keys."""

    default = True
    name = "users"
    label = "users"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Loads the signing keys, so that a process without them stops at its start and not at the first sign-in."""
        from users import signing

        signing.ring()
