"""What only several connections at once can show."""

import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock, skipUnless
from uuid import uuid4

import pyotp
from django.db import InternalError, connection, transaction
from django.test import TransactionTestCase, tag
from django.utils import timezone

from servicekit.concurrency import PreconditionFailed
from servicekit.problems import Problem
from users.client_info import ClientInfo
from users.encryption import encrypt
from users.errors import TooManyAttempts
from users.models import (
    AuditEntry,
    OneTimeLink,
    RecoveryCode,
    RefreshToken,
    Registration,
    Session,
    SignInThrottle,
    System,
    TotpDevice,
    User,
)
from users.seeding import seed_systems
from users.services import codes, throttle
from users.services.accounts import user_update
from users.services.administration import system_rename
from users.services.audit import audit_record
from users.services.email_change import email_change_confirm
from users.services.links import link_create, token_digest
from users.services.passwords import password_set_by_link
from users.services.personal_tokens import MAX_PER_USER, personal_token_create
from users.services.registrations import registration_approve, registration_confirm, registration_refuse
from users.services.second_factor import Proof, second_factor_check
from users.services.sessions import session_refresh, session_start
from users.tests.cast import PASSWORD, person, personal_token, registration


def at_once(count, work):
    """Runs `work` in `count` threads that start together; their results."""
    barrier = threading.Barrier(count)

    def run(_):
        try:
            barrier.wait(30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "two sessions at once need PostgreSQL")
class ConcurrencyTests(TransactionTestCase):
    def setUp(self):
        self.erin = User.objects.create(username="erin", email="erin@example.com", name="Erin")

    def test_eight_refreshes_at_once_give_one_identical_child(self):
        refresh = session_start(user=self.erin, client=ClientInfo()).refresh
        for _ in range(10):
            pairs = at_once(8, lambda token=refresh: session_refresh(refresh=token, client=ClientInfo()))
            self.assertEqual(len({pair.refresh for pair in pairs}), 1)
            self.assertEqual(len({pair.access for pair in pairs}), 8)
            refresh = pairs[0].refresh
        self.assertEqual(RefreshToken.objects.count(), 11)
        self.assertIsNone(Session.objects.get().revoked_at)

    def test_of_forty_guesses_at_once_only_the_free_ones_are_looked_at(self):
        def guess():
            try:
                throttle.admit(throttle.account("erin"))
            except TooManyAttempts:
                return False
            return True

        admitted = at_once(20, guess) + at_once(20, guess)
        # Five are free, the sixth starts the waiting; a seventh only if the second has passed meanwhile.
        self.assertIn(sum(admitted), (6, 7))

    def test_the_audit_log_refuses_sql_too(self):
        audit_record(event="sign_in")
        for change in (AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(event="nothing")):
            with self.assertRaisesMessage(InternalError, "append-only"), transaction.atomic():
                change()
        self.assertEqual(AuditEntry.objects.get().event, "sign_in")

    def outcomes(self, count, work):
        """How many of so many at once succeeded; the others must have been refused by one of ours."""

        def attempt():
            try:
                work()
            except Problem:
                return False
            return True

        return sum(at_once(count, attempt))

    def test_of_eight_that_send_one_code_one_comes_in(self):
        seed = pyotp.random_base32()
        TotpDevice.objects.create(user=self.erin, seed=encrypt(seed), confirmed_at=timezone.now())
        SignInThrottle.objects.all().delete()
        code = pyotp.TOTP(seed).now()
        with mock.patch("users.services.second_factor.throttle.admit"):
            self.assertEqual(
                self.outcomes(8, lambda: second_factor_check(user_id=self.erin.pk, code=code, client=ClientInfo())), 1
            )

    def test_of_eight_that_send_one_recovery_code_one_comes_in(self):
        TotpDevice.objects.create(user=self.erin, seed=encrypt(pyotp.random_base32()), confirmed_at=timezone.now())
        code = "1234-5678-9abc-def0-1234"
        RecoveryCode.objects.create(user=self.erin, code_hash=codes._digest(code))
        with mock.patch("users.services.second_factor.throttle.admit"):
            self.assertEqual(
                self.outcomes(8, lambda: second_factor_check(user_id=self.erin.pk, code=code, client=ClientInfo())), 1
            )

    def test_of_eight_that_open_one_link_one_sets_the_password(self):
        purpose = OneTimeLink.Purpose.PASSWORD_RESET
        token = link_create(user=self.erin, purpose=purpose).partition("#token=")[2]

        def redeem():
            password_set_by_link(token=token, purpose=purpose, password=PASSWORD, client=ClientInfo())

        self.assertEqual(self.outcomes(8, redeem), 1)

    def test_of_two_who_move_to_one_address_one_gets_it(self):
        alan, emil = person("alan"), person("emil")
        purpose = OneTimeLink.Purpose.EMAIL_CHANGE
        tokens = [
            link_create(user=user, purpose=purpose, email="new@example.com").partition("#token=")[2]
            for user in (alan, emil)
        ]
        self.assertEqual(self.outcomes(2, lambda: email_change_confirm(token=tokens.pop(), client=ClientInfo())), 1)
        self.assertEqual(User.objects.filter(email="new@example.com").count(), 1)

    def test_of_two_admins_one_decides_a_registration(self):
        seed_systems(force=False)
        zoe = registration("zoe", state="pending")
        decisions = [
            lambda: registration_approve(registration=zoe),
            lambda: registration_refuse(registration=zoe, reason="x"),
            lambda: registration_approve(registration=zoe),
        ]
        self.assertEqual(self.outcomes(3, lambda: decisions.pop()()), 1)
        zoe.refresh_from_db()
        self.assertEqual(User.objects.filter(username="zoe").exists(), zoe.state == "approved")

    def test_two_registrations_of_one_address_confirmed_at_once_leave_one(self):
        tokens = ["first", "second"]
        for token in tokens:
            registration(token, email="zoe@example.com", token_hash=token_digest(token))
        results = at_once(2, lambda: registration_confirm(token=tokens.pop(), client=ClientInfo()))
        self.assertEqual(results, [None, None])
        self.assertEqual([row.state for row in Registration.objects.all()], ["pending"])

    def test_no_more_personal_tokens_than_there_may_be(self):
        for _ in range(MAX_PER_USER - 1):
            personal_token(self.erin)

        def make():
            personal_token_create(
                user_id=self.erin.pk,
                password="x",
                proof=Proof(session_id=None),
                name="x",
                scopes=[],
                expires_in_days=1,
                client=ClientInfo(),
            )

        with mock.patch("users.services.personal_tokens.owner_check"):
            self.assertEqual(self.outcomes(4, make), 1)

    def test_of_four_edits_of_one_version_one_is_made(self):
        def of(version):
            def match(present):
                if present != version:
                    raise PreconditionFailed

            return match

        alan, desk = person("alan"), System.objects.create(slug="desk", name="Desk")
        edits = {
            "account": lambda version: user_update(user=alan, name=f"Alan {uuid4()}", match=of(version)),
            "system": lambda version: system_rename(system=desk, name=str(uuid4()), match=of(version)),
        }
        for name, edit in edits.items():
            for version in range(1, 6):
                with self.subTest(name, version=version):
                    self.assertEqual(self.outcomes(4, lambda edit=edit, version=version: edit(version)), 1)
