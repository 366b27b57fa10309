"""Django's system checks of order and timeouts."""

from typing import Any
from unittest import mock

from django.conf import settings
from django.core.checks import run_checks
from django.test import SimpleTestCase, override_settings

OURS = "healthcheck.middleware.HealthCheckMiddleware"


class SystemCheckTests(SimpleTestCase):
    def warnings(self, *, databases: dict[str, Any] | None = None, **changed: Any) -> list[str]:
        with override_settings(**changed), mock.patch.dict(settings.DATABASES, databases or {}, clear=True):
            return [message.id for message in run_checks() if (message.id or "").startswith("healthcheck.")]

    def test_all_is_well(self) -> None:
        self.assertEqual([], self.warnings())

    def test_the_middleware_is_not_first(self) -> None:
        for names in ([], ["django.middleware.security.SecurityMiddleware", OURS]):
            self.assertEqual(["healthcheck.W001"], self.warnings(MIDDLEWARE=names))

    def test_a_database_without_a_limit(self) -> None:
        unlimited = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"sslmode": "require"}}
        limited = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"connect_timeout": 5}}
        lite = {"ENGINE": "django.db.backends.sqlite3"}
        self.assertEqual(["healthcheck.W002"], self.warnings(databases={"a": unlimited, "b": limited, "c": lite}))

    def test_a_redis_without_limits(self) -> None:
        redis: dict[str, Any] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://x"}
        self.assertEqual(["healthcheck.W003"] * 2, self.warnings(CACHES={"default": redis}))
        limits = {"socket_timeout": 1, "socket_connect_timeout": 1}
        self.assertEqual([], self.warnings(CACHES={"default": redis | {"OPTIONS": limits}}))

    def test_a_mail_server_without_a_limit_where_mail_is_checked(self) -> None:
        smtp = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}
        self.assertEqual([], self.warnings(**smtp))
        for entry in ("healthcheck.checks.mail", ("healthcheck.checks.mail", {"ttl": 60})):
            checked = {"HEALTHCHECK": {"SERVICE": "x", "CHECKS": [entry]}}
            self.assertEqual(["healthcheck.W004"], self.warnings(**smtp, **checked))
            self.assertEqual([], self.warnings(**smtp, **checked, EMAIL_TIMEOUT=5))

    def test_a_deadline_beyond_kubernetes_own(self) -> None:
        self.assertEqual(["healthcheck.W005"], self.warnings(HEALTHCHECK={"SERVICE": "x", "DEADLINE": 1.0}))
