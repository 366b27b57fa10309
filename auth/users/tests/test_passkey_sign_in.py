"""Signing in with a passkey, after the password or instead; and with what only looks like one."""

from unittest import mock

import pyotp
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eventbus.testing import run_jobs
from servicekit.testing import assert_problem
from users.models import AuditEntry, Passkey, Session, SignInThrottle, TotpDevice, User
from users.services import throttle
from users.tests.authenticator import (
    BACKED_UP,
    BACKUP_ELIGIBLE,
    USER_PRESENT,
    USER_VERIFIED,
    Authenticator,
    decode,
    encode,
)
from users.tests.cast import PASSWORD, client_of, later
from users.tests.passkey_cast import ME, TOKEN, PasskeyTestCase


class SecondFactorTests(PasskeyTestCase):
    def test_password_and_passkey_begin_a_session(self):
        device, _ = self.add(self.erin)
        Session.objects.all().delete()
        challenge = self.challenge()
        device.flags = USER_PRESENT  # a touch is enough: the password was the other factor
        options = self.ask(challenge)
        self.assertEqual([entry["id"] for entry in options["allowCredentials"]], [encode(device.credential_id)])
        self.assertFalse(Session.objects.exists())
        answer = self.sign_in(device.get(options), challenge=challenge)
        self.assertEqual((answer.status_code, set(answer.json())), (200, {"access", "refresh"}))
        self.assertEqual(Session.objects.get().user, self.erin)
        passkey = Passkey.objects.get()
        self.assertEqual((passkey.sign_count, passkey.last_used_at is not None), (1, True))

    def test_beside_codes_either_will_do(self):
        _, codes = self.add(self.erin)
        api = client_of(self.erin)
        begun = api.post("/api/v1/me/totp/", {"password": PASSWORD, "code": codes[0]}).json()
        code = pyotp.TOTP(begun["secret"]).now()
        renewed = api.post("/api/v1/me/totp/confirmation/", {"code": code}).json()["recovery_codes"]
        answer = self.client.post(TOKEN, {"username": "erin", "password": PASSWORD}, "application/json")
        self.assertEqual(answer.json()["methods"], ["passkey", "totp"])
        body = {"challenge": answer.json()["challenge"], "code": renewed[0]}
        self.assertEqual(self.client.post(f"{TOKEN}totp/", body, "application/json").status_code, 200)

    def test_a_recovery_code_stands_for_a_lost_passkey(self):
        _, codes = self.add(self.erin)
        for code, status in ((codes[0], 200), (codes[0], 403), ("123456", 403)):
            body = {"challenge": self.challenge(), "code": code}
            self.assertEqual(self.client.post(f"{TOKEN}totp/", body, "application/json").status_code, status)

    def test_the_answer_opens_nothing_else(self):
        device, _ = self.add(self.erin)
        challenge = self.challenge()
        signed = device.get(self.ask(challenge))
        assert_problem(self.sign_in(signed), 401, "passkey_invalid")
        assert_problem(self.sign_in(signed, challenge=self.challenge()), 403, "passkey_wrong")
        answer = client_of(self.erin).post(f"{ME}options/", {"password": PASSWORD, "passkey": signed})
        assert_problem(answer, 403, "passkey_wrong")
        self.assertEqual(self.sign_in(signed, challenge=challenge).status_code, 200)
        assert_problem(self.sign_in(signed, challenge=challenge), 401, "challenge_invalid")

    def test_nor_does_another_answer_open_this(self):
        device, _ = self.add(self.erin)
        challenge, api = self.challenge(), client_of(self.erin)
        alone = device.get(self.ask())
        confirming = self.confirmation(api, device)["passkey"]
        for signed in (alone, confirming):
            assert_problem(self.sign_in(signed, challenge=challenge), 403, "passkey_wrong")

    def test_somebody_elses_passkey_is_worth_nothing(self):
        self.add(self.erin)
        theirs, _ = self.add(self.emil)
        challenge = self.challenge()
        assert_problem(self.sign_in(theirs.get(self.ask(challenge)), challenge=challenge), 403, "passkey_wrong")
        refusal = AuditEntry.objects.get(event="passkey_refused")
        self.assertEqual((refusal.user_id, refusal.address), (self.erin.pk, "127.0.0.1"))

    def test_five_tries_and_no_more(self):
        device, _ = self.add(self.erin)
        challenge = self.challenge()
        liar = Authenticator(credential_id=device.credential_id, user_handle=device.user_handle)
        for _ in range(5):
            assert_problem(self.sign_in(liar.get(self.ask(challenge)), challenge=challenge), 403, "passkey_wrong")
        answer = self.client.post(f"{TOKEN}passkey/options/", {"challenge": challenge}, "application/json")
        assert_problem(answer, 401, "challenge_invalid")

    def test_a_change_since_the_password_wins(self):
        device, _ = self.add(self.erin)
        for change in ({"token_version": 9}, {"is_active": False}):
            challenge = self.challenge()
            signed = device.get(self.ask(challenge))
            User.objects.filter(pk=self.erin.pk).update(**change)
            assert_problem(self.sign_in(signed, challenge=challenge), 401, "challenge_invalid")

    def test_where_there_is_none(self):
        TotpDevice.objects.create(user=self.erin, seed="x", confirmed_at="2026-01-01T00:00:00Z")
        body = {"challenge": self.challenge()}
        answer = self.client.post(f"{TOKEN}passkey/options/", body, "application/json")
        assert_problem(answer, 409, "passkeys_off")
        answer = self.client.post(f"{TOKEN}passkey/options/", {"challenge": "x" * 43}, "application/json")
        assert_problem(answer, 401, "challenge_invalid")
        assert_problem(client_of(self.erin).post(f"{ME}confirmation/"), 409, "passkeys_off")

    def test_the_password_step_asks_no_table_of_passkeys(self):
        """That there are any is read with the user."""
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                self.client.post(TOKEN, {"username": "erin", "password": PASSWORD}, "application/json")
            self.assertFalse([query for query in queries if "users_passkey" in query["sql"]])
            if not self.erin.passkeys.exists():
                self.add(self.erin)


class PasswordlessTests(PasskeyTestCase):
    def test_a_passkey_that_verified_its_holder_is_enough(self):
        device, _ = self.add(self.erin)
        Session.objects.all().delete()
        answer = self.sign_in(device.get(self.ask()))
        self.assertEqual((answer.status_code, answer["Cache-Control"]), (200, "no-store"))
        self.assertEqual(Session.objects.get().user, self.erin)
        entry = AuditEntry.objects.get(event="sign_in")
        self.assertEqual(entry.detail, {"passkey_id": str(Passkey.objects.get().pk)})
        self.assertIsNotNone(User.objects.get(pk=self.erin.pk).last_login)

    def test_a_browser_gets_the_cookie_on_our_own_pages(self):
        device, _ = self.add(self.erin)
        refused = self.client.post(
            f"{TOKEN}passkey/", {"credential": device.get(self.ask()), "cookie": True}, "application/json"
        )
        assert_problem(refused, 403, "origin_refused")
        answer = self.client.post(
            f"{TOKEN}passkey/",
            {"credential": device.get(self.ask()), "cookie": True},
            "application/json",
            HTTP_ORIGIN="http://localhost:8003",
        )
        self.assertEqual(set(answer.json()), {"access", "user"})
        self.assertIn("__Secure-tts_refresh", answer.cookies)

    def test_nobody_learns_who_has_one(self):
        """The question names nobody, and the answer is one and the same for all that is wrong."""
        device, _ = self.add(self.erin)
        before = self.ask()
        self.add(self.emil)
        after = self.ask()
        self.assertEqual({**before, "challenge": ""}, {**after, "challenge": ""})
        self.assertEqual((before["allowCredentials"], before["userVerification"]), ([], "required"))
        stranger = Authenticator(user_handle=self.erin.pk.bytes)
        liar = Authenticator(credential_id=device.credential_id, user_handle=device.user_handle)
        answers = [self.sign_in(one.get(self.ask())) for one in (stranger, liar)]
        bodies = [{**answer.json(), "request_id": ""} for answer in answers]
        self.assertEqual((answers[0].status_code, bodies[0]), (answers[1].status_code, bodies[1]))
        assert_problem(answers[0], 401, "passkey_invalid")

    def test_every_refusal(self):
        device, _ = self.add(self.erin)
        honest = vars(device).copy()
        for changed, client_data in (
            ({"origin": "https://evil.example"}, {}),
            ({"origin": "https://localhost:8003"}, {}),
            ({"rp_id": "evil.example"}, {}),
            ({"flags": USER_PRESENT}, {}),  # nobody was verified
            ({"flags": USER_VERIFIED}, {}),  # nobody was there
            ({"flags": USER_PRESENT | USER_VERIFIED | BACKED_UP}, {}),  # in a vault, and cannot be
            ({"user_handle": self.emil.pk.bytes}, {}),
            ({"user_handle": b"nobody"}, {}),
            ({"key": Authenticator().key}, {}),
            ({"credential_id": b"unknown credential"}, {}),
            ({}, {"type": "webauthn.create"}),
            ({}, {"crossOrigin": True}),
            ({}, {"challenge": encode(b"y" * 32)}),
        ):
            with self.subTest(changed=str(changed), said=client_data):
                vars(device).update(honest, count=device.count, **changed)
                assert_problem(self.sign_in(device.get(self.ask(), **client_data)), 401, "passkey_invalid")
        vars(device).update(honest, count=device.count)
        self.assertEqual(self.sign_in(device.get(self.ask())).status_code, 200)

    def test_what_was_tampered_with(self):
        device, _ = self.add(self.erin)
        for part in ("signature", "authenticator_data", "client_data_json"):
            signed = device.get(self.ask())
            raw = bytearray(decode(signed[part]))
            for changed in (encode(raw[:-1] + bytes([raw[-1] ^ 1])), encode(raw[:5]), encode(b"[" * 1500), "AA"):
                with self.subTest(part, changed=changed[:9]):
                    assert_problem(self.sign_in({**signed, part: changed}), 401, "passkey_invalid")
        signed = device.get(self.ask())
        del signed["user_handle"]
        assert_problem(self.sign_in(signed), 401, "passkey_invalid")
        assert_problem(self.sign_in({**signed, "signature": "%"}), 400, "validation_error")

    def test_an_answer_works_once(self):
        device, _ = self.add(self.erin)
        signed = device.get(self.ask())
        self.assertEqual(self.sign_in(signed).status_code, 200)
        assert_problem(self.sign_in(signed), 401, "passkey_invalid")

    def test_a_refused_answer_spends_its_challenge(self):
        device, _ = self.add(self.erin)
        options = self.ask()
        liar = Authenticator(credential_id=device.credential_id, user_handle=device.user_handle)
        assert_problem(self.sign_in(liar.get(options)), 401, "passkey_invalid")
        assert_problem(self.sign_in(device.get(options)), 401, "passkey_invalid")

    def test_a_challenge_lasts_five_minutes(self):
        device, _ = self.add(self.erin)
        signed = device.get(self.ask())
        with later(minutes=6):
            assert_problem(self.sign_in(signed), 401, "passkey_invalid")

    def test_who_is_suspended_or_deactivated_stays_outside(self):
        device, _ = self.add(self.erin)
        root = client_of(self.root)
        for action, body in (("suspension", {"reason": "Lost laptop."}), ("deactivation", {})):
            self.assertEqual(root.post(f"/api/v1/users/{self.erin.pk}/{action}/", body).status_code, 200)
            assert_problem(self.sign_in(device.get(self.ask())), 401, "passkey_invalid")
            self.assertEqual(AuditEntry.objects.filter(event="sign_in_refused").last().detail, {"reason": "inactive"})
            root.post(f"/api/v1/users/{self.erin.pk}/reactivation/")
        self.assertEqual(self.sign_in(device.get(self.ask())).status_code, 200)

    def test_a_deactivation_during_the_check_wins(self):
        device, _ = self.add(self.erin)
        signed = device.get(self.ask())
        Session.objects.all().delete()

        def counted(passkey, verified):
            User.objects.filter(pk=self.erin.pk).update(is_active=False)
            return True

        with mock.patch("users.services.ceremonies._counted", counted):
            assert_problem(self.sign_in(signed), 401, "passkey_invalid")
        self.assertFalse(Session.objects.exists())

    def test_asking_again_and_again_is_slowed_down(self):
        with mock.patch("users.services.throttle.time.time", return_value=1_800_000_000.0):
            for _ in range(101):
                self.ask()
            answer = self.client.post(f"{TOKEN}passkey/options/", {}, "application/json")
            assert_problem(answer, 429, "too_many_attempts")

    def test_who_comes_in_is_not_counted(self):
        device, _ = self.add(self.erin)
        for _ in range(3):
            challenge = self.challenge()
            self.assertEqual(self.sign_in(device.get(self.ask(challenge)), challenge=challenge).status_code, 200)
        counted = SignInThrottle.objects.get(pk=throttle.Subject("passkey:127.0.0.1", free=1).key)
        self.assertEqual(counted.failures, 0)


class CounterTests(PasskeyTestCase):
    """W3C Web Authentication, 6.1.1 and step 22 of 7.2."""

    def test_a_count_that_does_not_grow_means_a_copy(self):
        device, _ = self.add(self.erin)
        device.count = 7
        self.assertEqual(self.sign_in(device.get(self.ask())).status_code, 200)
        for count in (7, 3, -1):
            device.count = count
            with self.subTest(count + 1):
                assert_problem(self.sign_in(device.get(self.ask())), 401, "passkey_invalid")
        self.assertEqual(Passkey.objects.get().sign_count, 8)
        self.assertEqual(AuditEntry.objects.filter(event="passkey_copied", user_id=self.erin.pk).count(), 3)
        run_jobs()
        self.assertEqual(mail.outbox[-1].subject, "A passkey of yours may have been copied")

    def test_a_bad_signature_with_a_low_count_alarms_nobody(self):
        device, _ = self.add(self.erin)
        self.assertEqual(self.sign_in(device.get(self.ask())).status_code, 200)
        liar = Authenticator(credential_id=device.credential_id, user_handle=device.user_handle)
        assert_problem(self.sign_in(liar.get(self.ask())), 401, "passkey_invalid")
        self.assertFalse(AuditEntry.objects.filter(event="passkey_copied").exists())

    def test_authenticators_that_do_not_count(self):
        device, _ = self.add(self.erin, Authenticator(counts=False, flags=0x05 | BACKUP_ELIGIBLE | BACKED_UP))
        self.assertTrue(Passkey.objects.get().is_synced)
        for _ in range(2):
            self.assertEqual(self.sign_in(device.get(self.ask())).status_code, 200)
