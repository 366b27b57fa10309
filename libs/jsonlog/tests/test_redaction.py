"""No secret in any line, by key and by look."""

from unittest import mock

from django.test import SimpleTestCase

from jsonlog import JsonFormatter, redact
from jsonlog.redact import HIDDEN, REDACTED, is_secret_key, redact_text

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
            "see mailto:a@b",
            "a token of thanks",
            "no-equals",
            "bearer of news",
        ):
            self.assertEqual(text, redact_text(text))

    def test_values_that_the_settings_called_secret(self) -> None:
        self.addCleanup(mock.patch.stopall)
        mock.patch.object(redact, "_known", frozenset()).start()
        redact.redact_values("correct horse battery", "short", "another of them")
        self.assertEqual(f"is {REDACTED}, short", redact_text("is correct horse battery, short"))

    def test_people_are_hidden_unless_they_may_be_seen(self) -> None:
        text, url = "mail to alice.b@example.com failed", "see https://example.com/a@b.example.com"
        log = Captured()
        log.logger.info(text, extra={"email": "alice", "remote_addr": "10.0.0.1", "who": "alice@example.com"})
        line = log.line()
        self.assertEqual("mail to [pii] failed", line["message"])
        self.assertEqual((HIDDEN, HIDDEN, HIDDEN), (line["email"], line["remote_addr"], line["who"]))
        self.assertEqual("see https://example.com/[pii]", redact_text(url))
        self.addCleanup(redact.show_people, False)
        shown = Captured(JsonFormatter(pii=True))
        shown.logger.info(text, extra={"email": "alice"})
        self.assertEqual((text, "alice"), (shown.line()["message"], shown.line()["email"]))

    def test_a_password_in_a_url_is_no_address(self) -> None:
        text = "at postgres://app:s3cret@db.example.com/x"
        self.assertEqual(f"at postgres://app:{REDACTED}@db.example.com/x", redact_text(text))

    def test_messages_and_values_of_a_line(self) -> None:
        log = Captured()
        log.logger.info("sent %s", JWT, extra={"url": "https://a:hunter2@b/", "nested": {"why": "password=hunter2"}})
        self.assertNotIn(JWT, log.raw())
        self.assertNotIn("hunter2", log.raw())
