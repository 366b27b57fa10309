"""Another key signs. Nobody who holds a good token notices."""

import io
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import jwt
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from jwtauth.claims import verify
from jwtauth.errors import TokenExpired, TokenInvalid
from servicekit.testing import assert_problem
from users import key_files, signing
from users.models import AuditEntry
from users.services.key_rotation import LEAD, OVERLAP
from users.tests.cast import CastTestCase, service_client_of, signed_in

MINUTE = 60


class RotationTestCase(CastTestCase):
    def setUp(self):
        self.now = time.time()
        self.enterContext(mock.patch("time.time", side_effect=lambda: self.now))
        aware_now = "rest_framework_simplejwt.tokens.aware_utcnow"
        self.enterContext(mock.patch(aware_now, side_effect=lambda: datetime.fromtimestamp(self.now, UTC)))
        self.file = Path(self.enterContext(tempfile.TemporaryDirectory()), "keys.pem")
        self.enterContext(self.settings(JWT_PRIVATE_KEYS="", JWT_PRIVATE_KEY_FILE=str(self.file)))
        self.file.write_text(key_files.render([key_files.new_key()]))
        signing.ring.forget()
        self.addCleanup(signing.ring.forget)

    def rotate(self, **options):
        printed, said = io.StringIO(), io.StringIO()
        call_command("rotate_keys", stdout=printed, stderr=said, **options)
        return printed.getvalue().strip(), said.getvalue()

    def published(self):
        return [key["kid"] for key in self.client.get("/.well-known/jwks.json").json()["keys"]]

    def token(self):
        """A token of Erin's that was issued now, and the id of its key."""
        access = signed_in(self.erin)[1].access
        return access, jwt.get_unverified_header(access)["kid"]


class RotationTests(RotationTestCase):
    def test_published_before_it_signs_and_after_it_signed(self):
        _, old = self.token()
        self.rotate()
        [first, new] = self.published()
        self.assertEqual((first, self.token()[1]), (old, old))
        self.now += LEAD.total_seconds() - 1
        self.assertEqual(self.token()[1], old)
        self.now += 2
        self.assertEqual(self.token()[1], new)
        self.assertEqual(self.published(), [old, new])
        self.now += OVERLAP.total_seconds()
        self.assertEqual(self.published(), [new])

    def test_tokens_of_the_old_key_work_until_they_expire_and_not_after_it_is_retired(self):
        self.rotate()
        self.now += LEAD.total_seconds() - 1
        with mock.patch("users.tokens.AccessToken.lifetime", timedelta(days=1)):
            endless, old = self.token()
        access, _ = self.token()
        self.now += 2
        fresh, new = self.token()
        self.assertNotEqual(old, new)
        for token in (endless, access, fresh):
            self.assertEqual(verify(token).id, self.erin.pk)
        self.now = jwt.decode(access, options={"verify_signature": False})["exp"] + 11
        with self.assertRaises(TokenExpired):
            verify(access)
        self.assertEqual(verify(endless).id, self.erin.pk)
        self.now += OVERLAP.total_seconds()
        with self.assertRaises(TokenInvalid):
            verify(endless)

    def test_the_longest_token_expires_before_its_key_does(self):
        """A service's token, signed in the last second of the old key."""
        self.rotate()
        self.now += LEAD.total_seconds() - 1
        api = service_client_of("workflow-api")
        token = api._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
        self.now = jwt.decode(token, options={"verify_signature": False})["exp"]
        self.assertEqual(verify(token).client_id, "workflow-api")

    def test_a_second_rotation_waits_for_the_first(self):
        self.rotate()
        with self.assertRaisesMessage(CommandError, "does not sign yet"):
            self.rotate()
        self.now += LEAD.total_seconds() + 1
        self.rotate()
        self.assertEqual(len(self.published()), 3)
        self.now += 10 * OVERLAP.total_seconds()
        self.rotate()
        self.assertEqual(self.file.read_text().count("BEGIN PRIVATE KEY"), 2)

    def test_a_lead_that_is_too_short_is_refused(self):
        with self.assertRaisesMessage(CommandError, "quarter of an hour"):
            self.rotate(lead=1)
        self.rotate(lead=60)
        self.now += 59 * MINUTE
        self.assertEqual(self.token()[1], self.published()[0])

    def test_a_compromised_key_is_worth_nothing_at_once(self):
        api, _ = signed_in(self.erin)
        self.assertEqual(api.get("/api/v1/me/").status_code, 200)
        self.rotate(compromised=True)
        assert_problem(api.get("/api/v1/me/"), 401, "token_invalid")
        self.assertEqual(self.published(), [self.token()[1]])

    def test_it_is_in_the_audit_log_and_no_key_is(self):
        self.rotate()
        entry = AuditEntry.objects.get(event="keys_rotated")
        self.assertEqual(entry.detail, {"kid": self.published()[1], "compromised": False})

    def test_the_file_stays_private_and_whole(self):
        before = self.file.read_text()
        with (
            mock.patch("os.fsync", side_effect=OSError(28, "No space left on device")),
            self.assertRaises(CommandError),
        ):
            self.rotate()
        self.assertEqual(self.file.read_text(), before)
        self.rotate()
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        self.assertEqual([path.name for path in self.file.parent.iterdir()], ["keys.pem"])

    def test_a_key_of_the_environment_is_printed_and_works(self):
        pem = self.file.read_text().replace("\n", "\\n")
        with override_settings(JWT_PRIVATE_KEYS=pem, JWT_PRIVATE_KEY_FILE=""):
            value, said = self.rotate()
        self.assertNotIn("\n", value)
        self.assertNotIn("PRIVATE KEY-----", said)
        signing.ring.forget()
        with override_settings(JWT_PRIVATE_KEYS=value, JWT_PRIVATE_KEY_FILE=""):
            [old, new] = self.published()
            self.assertEqual(self.token()[1], old)
            self.now += LEAD.total_seconds() + 1
            self.assertEqual(self.token()[1], new)


class RunningProcessTests(RotationTestCase):
    """A process that was started before the rotation."""

    def setUp(self):
        super().setUp()
        self.monotonic = 1000.0
        self.enterContext(mock.patch("users.signing.time.monotonic", side_effect=lambda: self.monotonic))
        self.process = signing.Keys()
        self.before = self.process().keys

    def test_it_reads_a_changed_file_again(self):
        self.rotate()
        self.assertEqual(self.process().keys, self.before)
        self.monotonic += 11
        self.assertEqual(len(self.process().keys), 2)

    def test_a_garbled_file_leaves_it_with_the_keys_from_before(self):
        for garbled in ("nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"):
            self.file.write_text(garbled)
            self.monotonic += 11
            with self.assertLogs("users.signing", "ERROR"):
                self.assertEqual(self.process().keys, self.before)

    def test_a_missing_file_does_so_too(self):
        self.file.unlink()
        self.monotonic += 11
        with self.assertLogs("users.signing", "ERROR"):
            self.assertEqual(self.process().keys, self.before)

    def test_an_unchanged_file_is_not_read_again(self):
        self.monotonic += 11
        with mock.patch("users.signing.load", side_effect=AssertionError):
            self.assertEqual(self.process().keys, self.before)


class TextTests(CastTestCase):
    def test_what_is_written_is_what_is_read(self):
        keys = (key_files.new_key(), key_files.new_key(signs_from=1_800_000_000))
        self.assertEqual(
            [(key.kid, key.signs_from, key.valid_until) for key in key_files.parse(key_files.render(keys))],
            [(key.kid, key.signs_from, key.valid_until) for key in keys],
        )

    def test_a_time_that_is_none_is_refused(self):
        text = "# signs-from: tomorrow\n" + key_files.render([key_files.new_key()])
        with self.assertRaisesMessage(ImproperlyConfigured, "2026-11-25T18:00:00Z"):
            key_files.parse(text)

    def test_other_comments_mean_nothing(self):
        text = "# made by hand\n" + key_files.render([key_files.new_key()])
        self.assertEqual(key_files.parse(text)[0].signs_from, 0.0)

    def test_one_process_at_a_time(self):
        with tempfile.TemporaryDirectory() as folder, key_files.locked(Path(folder)):
            from fcntl import LOCK_EX, LOCK_NB, flock

            descriptor = os.open(folder, os.O_RDONLY)
            self.addCleanup(os.close, descriptor)
            with self.assertRaises(BlockingIOError):
                flock(descriptor, LOCK_EX | LOCK_NB)
