"""Signing in with a password."""

from unittest import mock

from django.core.exceptions import ValidationError
from django.test import TestCase

from eventbus.testing import published
from jwtauth.claims import verify
from servicekit.testing import assert_problem
from users.models import AuditEntry, Session, User
from users.seeding import seed_systems
from users.services.accounts import user_create
from users.tests.cast import PASSWORD, CastTestCase, person

URL = "/api/v1/token/"


class UserAuthenticationTests(TestCase):
    def setUp(self):
        seed_systems(force=False)
        self.erin = person("erin", "hdts:employee", password=PASSWORD)

    def test_a_user_can_be_created(self):
        user = User.objects.get(username="erin")
        self.assertEqual((user.email, user.is_active, user.is_superuser), ("erin@example.com", True, False))
        self.assertEqual(user.pk.version, 7)

    def test_the_password_is_hashed_with_argon2id(self):
        self.assertTrue(self.erin.password.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$"))
        self.assertNotIn(PASSWORD, self.erin.password)
        self.assertTrue(self.erin.check_password(PASSWORD))
        self.assertFalse(self.erin.check_password("wrong"))

    def test_creation_is_published_with_roles(self):
        event = published("user.changed.v1")[-1]
        self.assertEqual(event["data"]["roles"], ["hdts:employee"])
        self.assertEqual((event["version"], event["aggregate_id"]), (1, str(self.erin.pk)))
        self.assertEqual(published("role_assignment.changed.v1")[-1]["data"]["role"], "hdts:employee")
        self.assertEqual(published("user.revoked.v1"), [])

    def test_no_event_holds_a_password(self):
        for event in published():
            self.assertNotIn("argon2", str(event))

    def test_names_differ_in_more_than_case(self):
        for values in (
            {"username": "ERIN", "email": "other@example.com"},
            {"username": "other", "email": "ERIN@Example.com"},
            {"username": "ｅｒｉｎ", "email": "other@example.com"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                user_create(name="Other", password=None, **values)

    def test_bad_values_are_refused(self):
        good = {"username": "other", "email": "other@example.com", "name": "Other", "password": PASSWORD}
        bad = [
            {"username": "no spaces"},
            {"username": "an@address"},
            {"username": "еrin"},  # the first letter is Cyrillic
            {"email": "nonsense"},
            {"name": "Other\r\nBcc: everyone@example.com"},
            {"name": ""},
            {"time_zone": "Mars/Olympus"},
            {"password": "password"},
            {"password": "short"},
        ]
        before = len(published())
        for values in bad:
            with self.subTest(values), self.assertRaises(ValidationError):
                user_create(**{**good, **values})
        self.assertEqual(len(published()), before)


class UserLoginAPITests(TestCase):
    def setUp(self):
        seed_systems(force=False)
        self.erin = person("erin", "hdts:employee", password=PASSWORD, name="Erin Employee")

    def post(self, username, password):
        return self.client.post(URL, {"username": username, "password": password}, "application/json")

    def test_a_correct_login_returns_both_tokens(self):
        response = self.post("erin", PASSWORD)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(set(response.json()), {"access", "refresh"})
        self.assertEqual(response["Cache-Control"], "no-store")

    def test_a_wrong_password_is_401(self):
        assert_problem(self.post("erin", "wrong"), 401, "invalid_credentials")
        self.assertFalse(Session.objects.exists())

    def test_an_unknown_user_is_401(self):
        assert_problem(self.post("nobody", PASSWORD), 401, "invalid_credentials")

    def test_the_e_mail_address_will_do_in_any_case(self):
        for name in ("erin@example.com", "Erin@Example.COM", "ERIN", " erin "):
            with self.subTest(name):
                self.assertEqual(self.post(name, PASSWORD).status_code, 200)

    def test_the_access_token_says_who_it_is(self):
        principal = verify(self.post("erin", PASSWORD).json()["access"])
        self.assertEqual((principal.id, principal.name), (self.erin.pk, "Erin Employee"))
        self.assertEqual(principal.roles, {"hdts:employee"})
        self.assertEqual(principal.session_id, Session.objects.get().pk)

    def test_get_is_no_way_to_sign_in(self):
        assert_problem(self.client.get(URL), 405, "method_not_allowed")


class SignInRefusalTests(CastTestCase):
    def refusal(self, username, password):
        response = self.client.post(URL, {"username": username, "password": password}, "application/json")
        body = assert_problem(response, 401, "invalid_credentials")
        body.pop("request_id")
        return body

    def test_unknown_wrong_and_inactive_look_the_same(self):
        User.objects.filter(pk=self.emil.pk).update(is_active=False, password=self.erin.password)
        answers = [
            self.refusal("nobody", PASSWORD),
            self.refusal("erin", "wrong"),
            self.refusal("emil", PASSWORD),
            self.refusal("alan", PASSWORD),  # has no password
        ]
        self.assertEqual(answers, [answers[0]] * 4)

    def test_unknown_and_known_names_cost_one_hash_each(self):
        for name in ("nobody", "erin", "alan"):
            with (
                self.subTest(name),
                mock.patch("argon2.low_level.hash_secret", side_effect=_hash) as hashed,
                mock.patch("argon2.PasswordHasher.verify", return_value=False) as checked,
            ):
                self.refusal(name, "wrong")
                self.assertEqual(hashed.call_count + checked.call_count, 1)

    def test_each_attempt_is_in_the_audit_log_without_what_was_typed(self):
        self.refusal("my-password-by-mistake", "x")
        self.refusal("erin", "wrong")
        self.client.post(URL, {"username": "erin", "password": PASSWORD}, "application/json")
        rows = AuditEntry.objects.exclude(event="user_created").order_by("id")
        expected = [
            ("sign_in_refused", None, {"reason": "unknown"}),
            ("sign_in_refused", self.erin.pk, {"reason": "password"}),
            ("sign_in", self.erin.pk, {}),
        ]
        self.assertEqual(list(rows.values_list("event", "user_id", "detail")), expected)
        self.assertEqual(rows[0].address, "127.0.0.1")
        self.assertTrue(rows[0].request_id)

    def test_a_deactivation_during_the_check_wins(self):
        def check(user, password):
            User.objects.filter(pk=user.pk).update(is_active=False)
            return True

        with mock.patch("users.services.sign_in.password_matches", check):
            self.refusal("erin", PASSWORD)
        self.assertFalse(Session.objects.exists())


def _hash(*args, **kwargs):
    return b"$argon2id$v=19$m=47104,t=1,p=1$c29tZXNhbHQ$aGFzaA"
