"""No secret in any line, by key and by look."""

from django.test import SimpleTestCase

from jsonlog.redact import REDACTED, is_secret_key, redact_text

from .capture import Captured

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


class KeyTests(SimpleTestCase):
    def test_names_of_secrets(self) -> None:
        for key in (
            *("password", "passwd", "PASSWORD", "new_password", "userPassword", "client_secret", "access_token"),
            *("accessToken", "HTTPToken", "Authorization", "X-Api-Key", "apikey", "SENTRY_DSN", "DATABASE_URL"),
            *("private_key", "Set-Cookie", "credentials"),
        ):
            self.assertTrue(is_secret_key(key), key)

    def test_names_that_only_sound_like_it(self) -> None:
        for key in ("token_version", "tokenType", "password_changed_at", "secret_id", "author", "key", "url", "42"):
            self.assertFalse(is_secret_key(key), key)

    def test_fields_of_a_line_at_every_depth(self) -> None:
        log = Captured()
        log.logger.info(
            "x",
            extra={
                "password": "hunter2",
                "headers": [{"Authorization": "hunter2", "Accept": "text/html"}],
                "token": None,
                "secret": False,
                "otp": 123456,
                "credentials": {"user": "hunter2"},
            },
        )
        line = log.line()
        self.assertNotIn("hunter2", log.raw())
        self.assertEqual([{"Authorization": REDACTED, "Accept": "text/html"}], line["headers"])
        self.assertEqual((None, False, REDACTED), (line["token"], line["secret"], line["otp"]))
        self.assertEqual(REDACTED, line["credentials"])


class ValueTests(SimpleTestCase):
    def test_secrets_in_text(self) -> None:
        for text, expected in (
            ("postgres://app:hunter2@db:5432/x", f"postgres://app:{REDACTED}@db:5432/x"),
            ("amqp://:hunter2@mq//", f"amqp://:{REDACTED}@mq//"),
            ("Authorization: Bearer hunter2hunter2", f"Authorization: Bearer {REDACTED}"),
            ("Authorization: Basic aHVudGVyMg==", f"Authorization: Basic {REDACTED}"),
            (f"got {JWT}.", f"got {REDACTED}."),
            ("GET /reset?token=hunter2&x=1", f"GET /reset?token={REDACTED}&x=1"),
            ('{"password": "hunter2", "a": 1}', f'{{"password": {REDACTED}, "a": 1}}'),
            ("User(password='hunter 2')", f"User(password={REDACTED})"),
        ):
            self.assertEqual(expected, redact_text(text))

    def test_innocent_text_stays(self) -> None:
        for text in (
            "invalid token: expired",
            "https://example.org/a@b",
            "the basic idea",
            "password changed",
            "see mailto:a@b.example",
            "bearer of news",
        ):
            self.assertEqual(text, redact_text(text))

    def test_messages_and_values_of_a_line(self) -> None:
        log = Captured()
        log.logger.info("sent %s", JWT, extra={"url": "https://a:hunter2@b/", "nested": {"why": "password=hunter2"}})
        self.assertNotIn(JWT, log.raw())
        self.assertNotIn("hunter2", log.raw())
