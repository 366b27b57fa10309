"""Django's description of this app."""

from importlib.util import find_spec

from django.apps import AppConfig


class JwtAuthConfig(AppConfig):
    """The app that holds the people projection, the revocations and the last good key set."""

    name = "jwtauth"
    label = "jwtauth"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells drf-spectacular, where it is installed, how this API is signed in to."""
        if find_spec("drf_spectacular"):
            from jwtauth import schema  # noqa: F401  (registers itself on import)
