"""Django's description of this app."""

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """People, systems, roles, sessions and keys."""

    name = "users"
    label = "users"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Loads the signing keys, so that a process without them stops at its start and not at the first sign-in."""
        from users import signing

        signing.ring()
