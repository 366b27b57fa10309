"""The order of the middleware."""

from django.core.checks import run_checks
from django.test import SimpleTestCase, override_settings


class OrderTests(SimpleTestCase):
    def warnings(self) -> list[str]:
        return [message.id for message in run_checks() if (message.id or "").startswith("healthcheck.")]

    def test_first_is_right(self) -> None:
        self.assertEqual([], self.warnings())

    def test_anywhere_else_is_a_warning(self) -> None:
        for names in (
            [],
            ["django.middleware.security.SecurityMiddleware", "healthcheck.middleware.HealthCheckMiddleware"],
        ):
            with override_settings(MIDDLEWARE=names):
                self.assertEqual(["healthcheck.W001"], self.warnings())
