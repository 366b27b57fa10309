"""How mail leaves is read from the environment, and a mistake there is loud."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from servicekit.env import Env
from servicekit.mail import Mail, outgoing

PRODUCTION = {"DJANGO_ENV": "production", "DEFAULT_FROM_EMAIL": "Desk <desk@it.example.com>"}


def read(**environment: str) -> Mail:
    """Read the settings from this environment."""
    return outgoing(Env({"DJANGO_ENV": "development", **environment}), base_dir=Path("/srv"))


class MailSettings(SimpleTestCase):
    def test_development_writes_files(self) -> None:
        found = read()
        self.assertEqual(found.backend, "django.core.mail.backends.filebased.EmailBackend")
        self.assertEqual(found.file_path, "/srv/.local/mail")
        self.assertEqual(read(EMAIL_URL="filemail://", EMAIL_FILE_PATH="/tmp/mail").file_path, "/tmp/mail")  # noqa: S108

    def test_a_server_is_named_by_its_url(self) -> None:
        found = read(EMAIL_URL="smtp+tls://desk:s%40crt@mail.example.com:587", EMAIL_TIMEOUT="3")
        self.assertEqual(found.backend, "django.core.mail.backends.smtp.EmailBackend")
        self.assertEqual((found.host, found.port, found.user), ("mail.example.com", 587, "desk"))
        self.assertEqual((found.password, found.starttls, found.tls, found.timeout), ("s@crt", True, False, 3))
        self.assertTrue(read(EMAIL_URL="smtp+ssl://mail.example.com:465").tls)

    def test_production_requires_a_server_and_a_sender(self) -> None:
        for missing in ("EMAIL_URL", "DEFAULT_FROM_EMAIL"):
            environment = {**PRODUCTION, "EMAIL_URL": "smtp://mail:25"}
            del environment[missing]
            with self.subTest(missing), self.assertRaisesMessage(ImproperlyConfigured, missing):
                read(**environment)

    def test_message_ids_carry_the_senders_domain(self) -> None:
        self.assertEqual(read(**PRODUCTION, EMAIL_URL="smtp://mail:25").domain, "it.example.com")

    def test_a_mistake_is_named_without_the_password(self) -> None:
        for url in ("gopher://desk:geheim@mail", "smtp://", "geheim", "smtp://desk:geheim@mail:port"):
            with self.subTest(url), self.assertRaises(ImproperlyConfigured) as caught:
                read(EMAIL_URL=url)
            self.assertIn("EMAIL_URL", str(caught.exception))
            self.assertNotIn("geheim", str(caught.exception))

    def test_a_sender_without_an_address_is_refused(self) -> None:
        with self.assertRaisesMessage(ImproperlyConfigured, "DEFAULT_FROM_EMAIL"):
            read(DEFAULT_FROM_EMAIL="Help Desk")
