"""The setting, the OpenAPI scheme, the readiness check."""

from unittest import mock

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase, override_settings

from jwtauth.conf import config
from jwtauth.health import keys
from jwtauth.principal import Principal
from servicekit.ids import uuid7


class ConfTests(SimpleTestCase):
    def test_without_issuer_or_service_nothing_starts(self):
        for given in ({}, {"ISSUER": "tts-auth"}, {"SERVICE": "x"}, {"ISSUER": "", "SERVICE": "x"}):
            with override_settings(JWTAUTH=given), self.assertRaises(ImproperlyConfigured):
                config()

    def test_the_scheme_of_openapi(self):
        from drf_spectacular.extensions import OpenApiAuthenticationExtension

        from jwtauth.authentication import JWTAuthentication

        found = OpenApiAuthenticationExtension.get_match(JWTAuthentication)
        self.assertEqual(found.get_security_definition(None)["scheme"], "bearer")

    def test_a_service_is_nobodys_colleague(self):
        service = Principal(id=uuid7(), kind="service", name="x", roles=frozenset(["tts:admin"]), is_superuser=True)
        self.assertFalse(service.is_staff or service.has_role("tts:admin") or service.is_user)
        self.assertEqual(service.pk, service.id)


class HealthTests(SimpleTestCase):
    def status(self, age):
        with mock.patch("jwtauth.testing.TestKeySource.age", return_value=age):
            return keys().status

    def test_no_keys_fail_and_stale_keys_warn(self):
        self.assertEqual([self.status(age) for age in (None, 10.0, 3601.0)], ["fail", "pass", "warn"])
