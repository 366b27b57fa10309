"""The second factor: set up, asked for, and what a thief of the password gets without it."""

from unittest import mock

import pyotp
from django.conf import settings
from django.core import mail

from eventbus.testing import published, run_jobs
from servicekit.testing import assert_problem
from users.client_info import ClientInfo
from users.errors import CodeWrong
from users.models import AuditEntry, Session, SignInChallenge, TotpDevice, User
from users.services import totp
from users.services.challenges import challenges_purge
from users.services.second_factor import second_factor_check
from users.tests.cast import PASSWORD, CastTestCase, client_of, later, person, signed_in

ME = "/api/v1/me/totp/"
NOW = 1_800_000_000.0


class TotpTestCase(CastTestCase):
    def setUp(self):
        self.now = NOW
        self.enterContext(mock.patch("users.services.codes._present_step", side_effect=lambda: int(self.now) // 30))
        self.enterContext(
            mock.patch("users.services.reauthentication.password_matches", lambda _, text: text == PASSWORD)
        )
        self.enterContext(mock.patch("users.services.sign_in.password_matches", lambda _, text: text == PASSWORD))

    def begin(self, api):
        answer = api.post(ME, {"password": PASSWORD})
        self.assertEqual(answer.status_code, 200, answer.content)
        return answer.json()["secret"]

    def enable(self, user):
        """The seed and the recovery codes of a user who has a second factor from now on."""
        api = client_of(user)
        seed = self.begin(api)
        answer = api.post(f"{ME}confirmation/", {"code": self.code(seed)})
        self.assertEqual(answer.status_code, 200, answer.content)
        self.now += 30
        return seed, answer.json()["recovery_codes"]

    def code(self, seed, *, steps=0):
        return pyotp.TOTP(seed).at(int(self.now) + steps * 30)

    def post(self, path, **body):
        return self.client.post(f"/api/v1/token/{path}", body, "application/json")

    def challenge(self):
        answer = self.post("", username="erin", password=PASSWORD)
        self.assertEqual((answer.status_code, set(answer.json())), (202, {"challenge", "expires_in", "methods"}))
        return answer.json()["challenge"]

    def answer(self, challenge, code):
        return self.post("totp/", challenge=challenge, code=code)


class EnrolmentTests(TotpTestCase):
    def test_it_is_on_once_confirmed(self):
        api = client_of(self.erin)
        seed = self.begin(api)
        self.assertEqual(api.get(ME).json(), {"enabled": False, "recovery_codes_left": 0})
        self.assertEqual(self.post("", username="erin", password=PASSWORD).status_code, 200)
        assert_problem(api.post(f"{ME}confirmation/", {"code": "000000"}), 403, "code_wrong")
        answer = api.post(f"{ME}confirmation/", {"code": self.code(seed)})
        self.assertEqual((len(set(answer.json()["recovery_codes"])), answer["Cache-Control"]), (10, "no-store"))
        self.assertEqual(api.get(ME).json(), {"enabled": True, "recovery_codes_left": 10})
        run_jobs()
        self.assertEqual(
            (mail.outbox[0].subject, mail.outbox[0].to), ("Signing in now needs a code", ["erin@example.com"])
        )

    def test_the_password_is_asked_for(self):
        assert_problem(client_of(self.erin).post(ME, {"password": "wrong"}), 403, "password_wrong")

    def test_a_new_seed_replaces_an_unconfirmed_one_and_no_other(self):
        api = client_of(self.erin)
        first, second = self.begin(api), self.begin(api)
        assert_problem(api.post(f"{ME}confirmation/", {"code": self.code(first)}), 403, "code_wrong")
        self.assertEqual(api.post(f"{ME}confirmation/", {"code": self.code(second)}).status_code, 200)
        assert_problem(api.post(ME, {"password": PASSWORD}), 409, "totp_already_on")
        assert_problem(api.post(f"{ME}confirmation/", {"code": self.code(second)}), 409, "totp_already_on")

    def test_nothing_to_confirm_renew_or_remove(self):
        api = client_of(self.erin)
        for path, body in (
            ("confirmation/", {"code": "123456"}),
            ("recovery-codes/", {"code": "123456"}),
            ("removal/", {"code": "123456", "password": PASSWORD}),
        ):
            assert_problem(api.post(ME + path, body), 409, "totp_off")

    def test_another_secret_key(self):
        """The old one among the fallbacks reads the seed, and a sign-in puts it under the new one."""
        seed, codes = self.enable(self.erin)
        with self.settings(SECRET_KEY="another secret key", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
            second_factor_check(user_id=self.erin.pk, code=self.code(seed), client=ClientInfo())
        self.now += 30
        with self.settings(SECRET_KEY="another secret key"):
            second_factor_check(user_id=self.erin.pk, code=self.code(seed), client=ClientInfo())
        self.now += 30
        with self.settings(SECRET_KEY="a third one"), self.assertLogs("users.services.codes", "ERROR"):
            with self.assertRaises(CodeWrong):
                second_factor_check(user_id=self.erin.pk, code=self.code(seed), client=ClientInfo())
            second_factor_check(user_id=self.erin.pk, code=codes[0], client=ClientInfo())

    def test_neither_seed_nor_codes_are_stored_in_clear(self):
        seed, codes = self.enable(self.erin)
        stored = str(list(TotpDevice.objects.values())) + str(list(self.erin.recovery_codes.values()))
        for secret in (seed, *codes):
            self.assertNotIn(secret, stored + str(list(AuditEntry.objects.values())) + str(published()))


class SignInTests(TotpTestCase):
    def test_password_and_code_begin_a_session(self):
        seed, _ = self.enable(self.erin)
        Session.objects.all().delete()
        challenge = self.challenge()
        self.assertFalse(Session.objects.exists())
        answer = self.answer(challenge, self.code(seed))
        self.assertEqual((answer.status_code, set(answer.json())), (200, {"access", "refresh"}))
        self.assertEqual(Session.objects.get().user, self.erin)
        self.assertEqual(AuditEntry.objects.get(event="sign_in").detail, {"second_factor": True})

    def test_the_challenge_opens_nothing_else(self):
        self.enable(self.erin)
        challenge = self.challenge()
        self.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {challenge}"
        assert_problem(self.client.get("/api/v1/me/"), 401, "token_invalid")
        assert_problem(self.post("refresh/", refresh=challenge), 401, "refresh_invalid")
        assert_problem(self.post("verify/", token=challenge), 401, "token_invalid")
        body = {"token": challenge, "password": "another good password"}
        for path in ("password-reset/confirmation/", "invitations/acceptance/"):
            assert_problem(self.client.post(f"/api/v1/{path}", body, "application/json"), 400, "link_invalid")

    def test_a_code_works_once(self):
        seed, _ = self.enable(self.erin)
        code = self.code(seed)
        self.assertEqual(self.answer(self.challenge(), code).status_code, 200)
        assert_problem(self.answer(self.challenge(), code), 403, "code_wrong")
        assert_problem(self.answer(self.challenge(), self.code(seed, steps=-1)), 403, "code_wrong")

    def test_the_code_of_the_enrolment_does_not_sign_in(self):
        seed, _ = self.enable(self.erin)
        assert_problem(self.answer(self.challenge(), self.code(seed, steps=-1)), 403, "code_wrong")

    def test_clocks_half_a_minute_apart(self):
        seed, _ = self.enable(self.erin)
        self.now += 60
        assert_problem(self.answer(self.challenge(), self.code(seed, steps=2)), 403, "code_wrong")
        self.assertEqual(self.answer(self.challenge(), self.code(seed, steps=-1)).status_code, 200)
        self.assertEqual(self.answer(self.challenge(), self.code(seed, steps=1)).status_code, 200)

    def test_a_challenge_works_once(self):
        seed, _ = self.enable(self.erin)
        challenge = self.challenge()
        self.answer(challenge, self.code(seed))
        self.now += 30
        assert_problem(self.answer(challenge, self.code(seed)), 401, "challenge_invalid")

    def test_a_challenge_lasts_five_minutes(self):
        seed, _ = self.enable(self.erin)
        challenge = self.challenge()
        with later(minutes=6):
            assert_problem(self.answer(challenge, self.code(seed)), 401, "challenge_invalid")
            challenges_purge()
        self.assertFalse(SignInChallenge.objects.exists())

    def test_five_tries_and_no_more(self):
        seed, _ = self.enable(self.erin)
        challenge = self.challenge()
        for _ in range(5):
            assert_problem(self.answer(challenge, "000000"), 403, "code_wrong")
        assert_problem(self.answer(challenge, self.code(seed)), 401, "challenge_invalid")
        refusals = AuditEntry.objects.filter(event="code_refused", user_id=self.erin.pk)
        self.assertEqual([entry.address for entry in refusals], ["127.0.0.1"] * 5)

    def test_new_challenges_give_no_more_guesses(self):
        self.enable(self.erin)
        with mock.patch("users.services.throttle.time.time", return_value=NOW + 10_000):
            for _ in range(6):
                assert_problem(self.answer(self.challenge(), "000000"), 403, "code_wrong")
            self.assertEqual(self.answer(self.challenge(), "000000").status_code, 429)

    def test_a_change_since_the_password_wins(self):
        seed, _ = self.enable(self.erin)
        for change in ({"token_version": 9}, {"is_active": False}):
            challenge = self.challenge()
            User.objects.filter(pk=self.erin.pk).update(**change)
            assert_problem(self.answer(challenge, self.code(seed)), 401, "challenge_invalid")
            self.now += 30

    def test_a_wrong_password_says_nothing_of_it(self):
        self.enable(self.erin)
        assert_problem(self.post("", username="erin", password="wrong"), 401, "invalid_credentials")

    def test_an_unknown_challenge(self):
        assert_problem(self.answer("x" * 43, "123456"), 401, "challenge_invalid")


class RecoveryTests(TotpTestCase):
    def test_each_recovery_code_signs_in_once(self):
        _, codes = self.enable(self.erin)
        self.assertEqual(self.answer(self.challenge(), codes[0].upper()).status_code, 200)
        run_jobs()
        self.assertEqual(mail.outbox[-1].subject, "A recovery code was used")
        assert_problem(self.answer(self.challenge(), codes[0]), 403, "code_wrong")
        self.assertEqual(self.answer(self.challenge(), codes[1].replace("-", "")).status_code, 200)
        self.assertEqual(client_of(self.erin).get(ME).json()["recovery_codes_left"], 8)

    def test_somebody_elses_codes_are_wrong(self):
        self.enable(self.erin)
        _, codes = self.enable(self.emil)
        assert_problem(self.answer(self.challenge(), codes[0]), 403, "code_wrong")

    def test_new_codes_void_the_old_ones(self):
        seed, codes = self.enable(self.erin)
        new = client_of(self.erin).post(f"{ME}recovery-codes/", {"code": self.code(seed)}).json()["recovery_codes"]
        assert_problem(self.answer(self.challenge(), codes[0]), 403, "code_wrong")
        self.assertEqual(self.answer(self.challenge(), new[0]).status_code, 200)


class RemovalTests(TotpTestCase):
    def test_the_owner_needs_password_and_code(self):
        seed, codes = self.enable(self.erin)
        api, _ = signed_in(self.erin)
        wrong = {"password": "wrong", "code": self.code(seed)}
        assert_problem(api.post(f"{ME}removal/", wrong), 403, "password_wrong")
        assert_problem(api.post(f"{ME}removal/", {"password": PASSWORD, "code": "000000"}), 403, "code_wrong")
        self.assertTrue(totp.totp_is_on(user_id=self.erin.pk))
        self.assertEqual(api.post(f"{ME}removal/", {"password": PASSWORD, "code": codes[0]}).status_code, 200)
        self.assertEqual(self.post("", username="erin", password=PASSWORD).status_code, 200)

    def test_an_admin_helps_with_a_lost_device(self):
        self.enable(self.erin)
        url = f"/api/v1/users/{self.erin.pk}/totp-removal/"
        assert_problem(client_of(self.amos).post(url), 404, "not_found")
        self.assertEqual(client_of(self.hedda).post(url).status_code, 200)
        self.assertFalse(totp.totp_is_on(user_id=self.erin.pk))
        self.assertEqual(AuditEntry.objects.get(event="totp_removed").actor["name"], "Hedda")
        assert_problem(client_of(self.hedda).post(url), 409, "totp_off")

    def test_not_one_who_does_not_administer_the_account(self):
        both = person("both", "hdts:employee", "tts:agent")
        self.enable(both)
        assert_problem(
            client_of(self.hedda).post(f"/api/v1/users/{both.pk}/totp-removal/"), 403, "user_not_administered"
        )
        self.assertTrue(totp.totp_is_on(user_id=both.pk))
