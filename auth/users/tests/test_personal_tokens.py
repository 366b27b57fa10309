"""A script of Alan's signs in with a personal access token."""

from datetime import timedelta
from unittest import mock

from django.core import mail
from django.utils import timezone

from eventbus.testing import published, run_jobs
from jwtauth.claims import verify
from servicekit.testing import assert_problem
from servicekit.testing.events import validator
from users.models import AuditEntry, PersonalAccessToken, User
from users.services.accounts import user_set_password
from users.services.administration import role_grant
from users.services.personal_tokens import MAX_PER_USER, personal_tokens_purge
from users.services.roles import role_withdraw
from users.tests.cast import (
    PASSWORD,
    CastTestCase,
    claims_of,
    client_of,
    later,
    personal_token,
    principal,
    role,
    script_of,
)

URL = "/api/v1/me/access-tokens/"
ASKED = {"name": "nightly report", "scopes": ["ticket-service:read", "auth-service:read"], "password": PASSWORD}


class PersonalTokenTestCase(CastTestCase):
    def setUp(self):
        self.enterContext(
            mock.patch("users.services.reauthentication.password_matches", lambda _, text: text == PASSWORD)
        )
        self.api = client_of(self.alan)

    def make(self, **changes):
        return self.api.post(URL, {**ASKED, **changes})

    def exchange(self, token):
        return self.client.post("/api/v1/token/personal/", {"token": token}, "application/json")


class MakingTests(PersonalTokenTestCase):
    def test_its_text_is_shown_once_and_stored_nowhere(self):
        answer = self.make()
        self.assertEqual((answer.status_code, answer["Cache-Control"]), (201, "no-store"))
        made = answer.json()
        self.assertRegex(made["token"], r"\Atts_pat_[A-Za-z0-9_-]{43}\Z")
        [listed] = self.api.get(URL).json()["results"]
        self.assertEqual(listed, {name: value for name, value in made.items() if name != "token"})
        self.assertEqual(listed["last_used_at"], None)
        stored = str([list(PersonalAccessToken.objects.values()), list(AuditEntry.objects.values()), published()])
        self.assertNotIn(made["token"], stored)

    def test_a_new_password_during_the_check_wins(self):
        def change(**_):
            user_set_password(user=self.alan, password="another long password")

        with mock.patch("users.services.personal_tokens.owner_check", change):
            assert_problem(self.make(), 403, "password_wrong")
        self.assertFalse(PersonalAccessToken.objects.exists())

    def test_the_owner_is_told(self):
        self.make()
        run_jobs()
        self.assertEqual(
            (mail.outbox[0].to, mail.outbox[0].subject), (["alan@example.com"], "A personal access token was made")
        )
        self.assertEqual(AuditEntry.objects.get(event="personal_token_created").user_id, self.alan.pk)

    def test_the_password_is_asked_for(self):
        assert_problem(self.make(password="wrong"), 403, "password_wrong")
        self.assertFalse(PersonalAccessToken.objects.exists())

    def test_what_makes_no_sense_is_refused(self):
        for changes in (
            {"scopes": []},
            {"scopes": ["everything"]},
            {"scopes": ["events:read"]},
            {"expires_in_days": 0},
            {"expires_in_days": 367},
            {"name": "two\r\nlines"},
            {"is_superuser": True},
            {"user": str(self.root.pk)},
        ):
            with self.subTest(changes):
                assert_problem(self.make(**changes), 400, "validation_error")

    def test_it_lasts_ninety_days_unless_said(self):
        for days, changes in ((90, {}), (7, {"expires_in_days": 7})):
            made = PersonalAccessToken.objects.get(pk=self.make(**changes).json()["id"])
            self.assertAlmostEqual((made.expires_at - timezone.now()) / timedelta(days=1), days, delta=0.1)

    def test_there_is_an_end_to_their_number(self):
        for _ in range(MAX_PER_USER):
            row, _ = personal_token(self.alan)
        assert_problem(self.make(), 409, "too_many_personal_tokens")
        self.api.delete(f"{URL}{row.pk}/")
        self.assertEqual(self.make().status_code, 201)

    def test_nobody_elses_are_seen_or_revoked(self):
        theirs, _ = personal_token(self.emil)
        for stranger in (self.api, client_of(self.root)):
            self.assertEqual(stranger.get(URL).json()["results"], [])
            assert_problem(stranger.delete(f"{URL}{theirs.pk}/"), 404, "not_found")


class ExchangeTests(PersonalTokenTestCase):
    def test_it_is_exchanged_for_a_short_access_token_with_its_scopes(self):
        answer = self.exchange(self.make().json()["token"])
        self.assertEqual((answer["Cache-Control"], answer.json()["expires_in"]), ("no-store", 600))
        self.assertEqual(set(answer.json()), {"access", "expires_in"})
        claims = claims_of(answer.json()["access"])
        validator("claims/user.schema.json").validate(claims)
        self.assertEqual((claims["exp"] - claims["iat"], claims["roles"]), (600, {"tts": ["agent"]}))
        self.assertEqual(verify(answer.json()["access"]).scopes, {"ticket-service:read", "auth-service:read"})
        self.assertIsNotNone(PersonalAccessToken.objects.get().last_used_at)

    def test_each_exchange_is_in_the_audit_log_and_seen_by_the_owner(self):
        row, text = personal_token(self.alan, "ticket-service:read")
        self.exchange(text)
        entry = AuditEntry.objects.get(event="personal_token_used")
        self.assertEqual((entry.user_id, entry.detail), (self.alan.pk, {"token_id": str(row.pk)}))
        [shown] = client_of(self.alan).get(URL).json()["results"]
        self.assertIsNotNone(shown["last_used_at"])

    def test_it_has_the_owners_present_roles(self):
        _, token = personal_token(self.alan)
        role_grant(user=self.alan, role=role("tts:admin"), by=principal(self.root))
        self.assertEqual(claims_of(self.exchange(token).json()["access"])["roles"], {"tts": ["admin", "agent"]})
        role_withdraw(user=self.alan, role=role("tts:admin"))
        self.assertEqual(claims_of(self.exchange(token).json()["access"])["roles"], {"tts": ["agent"]})

    def test_read_opens_what_reads_and_no_more(self):
        reader, writer = script_of(self.root, "auth-service:read"), script_of(self.root, "auth-service:write")
        other = script_of(self.root, "ticket-service:write")
        url = f"/api/v1/users/{self.emil.pk}/"
        for script, expected in ((reader, (200, 403)), (writer, (200, 200)), (other, (403, 403))):
            self.assertEqual((script.get(url).status_code, script.patch(url, {}).status_code), expected)
        assert_problem(reader.patch(url, {}), 403, "scope_insufficient")

    def test_without_a_scope_it_opens_nothing(self):
        self.assertEqual(claims_of(self.exchange(personal_token(self.root)[1]).json()["access"])["scope"], "")
        assert_problem(script_of(self.root).get("/api/v1/me/"), 403, "scope_insufficient")

    def test_a_script_never_makes_itself_at_home(self):
        script = script_of(self.root, "auth-service:write")
        for method, path in (
            ("GET", URL),
            ("POST", URL),
            ("DELETE", f"{URL}{personal_token(self.root)[0].pk}/"),
            ("POST", "/api/v1/me/password/"),
            ("POST", "/api/v1/me/email/"),
            ("GET", "/api/v1/me/totp/"),
            ("POST", "/api/v1/me/totp/"),
            ("POST", "/api/v1/me/totp/confirmation/"),
            ("POST", "/api/v1/me/totp/removal/"),
            ("POST", "/api/v1/me/totp/recovery-codes/"),
            ("GET", "/api/v1/sessions/"),
            ("POST", "/api/v1/sessions/revocation/"),
        ):
            with self.subTest(f"{method} {path}"):
                assert_problem(script.generic(method, path, "{}", "application/json"), 403, "permission_denied")

    def test_unknown_expired_revoked_and_closed_look_the_same(self):
        expired, revoked, closed = (personal_token(user, days=days) for user, days in (
            (self.alan, -1), (self.alan, 1), (self.emil, 1),
        ))  # fmt: skip
        self.api.delete(f"{URL}{revoked[0].pk}/")
        User.objects.filter(pk=self.emil.pk).update(is_active=False)
        answers = []
        for text in (expired[1], revoked[1], closed[1], "tts_pat_unknown", "x"):
            body = assert_problem(self.exchange(text), 401, "personal_token_invalid")
            body.pop("request_id")
            answers.append(body)
        self.assertEqual(answers, [answers[0]] * 5)
        self.assertEqual(AuditEntry.objects.filter(event="personal_token_refused").count(), 5)

    def test_refusals_are_slowed_down(self):
        with mock.patch("users.services.throttle.time.time", return_value=1_000_000.0):
            for _ in range(51):
                assert_problem(self.exchange("x"), 401, "personal_token_invalid")
            assert_problem(self.exchange(personal_token(self.alan)[1]), 429, "too_many_attempts")

    def test_a_personal_access_token_is_no_bearer_token(self):
        self.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {personal_token(self.alan)[1]}"
        assert_problem(self.client.get("/api/v1/me/"), 401, "token_invalid")


class EndTests(PersonalTokenTestCase):
    def test_revoked_means_the_access_token_too(self):
        script = script_of(self.alan, "auth-service:read")
        self.assertEqual(script.get("/api/v1/me/").status_code, 200)
        row = PersonalAccessToken.objects.get()
        self.assertEqual(self.api.delete(f"{URL}{row.pk}/").status_code, 204)
        assert_problem(script.get("/api/v1/me/"), 401, "token_revoked")
        self.assertEqual(AuditEntry.objects.get(event="personal_token_revoked").detail, {"token_id": str(row.pk)})

    def test_a_session_is_no_token_and_a_token_no_session(self):
        """The `sid` of one kind does not open the other."""
        _, text = personal_token(self.alan, "auth-service:read")
        access = self.exchange(text).json()["access"]
        PersonalAccessToken.objects.all().delete()
        self.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access}"
        assert_problem(self.client.get("/api/v1/me/"), 401, "token_revoked")

    def test_what_ends_it_and_what_does_not(self):
        by = self.root
        url = f"/api/v1/users/{self.alan.pk}/"
        for what, body, alive in (
            ("role", None, True),
            ("sign out", None, True),
            ("suspension/", {"reason": "x"}, False),
            ("deactivation/", None, False),
        ):
            _, text = personal_token(self.alan)
            if what == "role":
                role_grant(user=self.alan, role=role("tts:asset-manager"), by=principal(self.root))
            elif what == "sign out":
                client_of(self.alan).post("/api/v1/sessions/revocation/")
            else:
                client_of(by).post(url + what, body)
                client_of(by).post(url + "reactivation/")
            with self.subTest(what):
                self.assertEqual(self.exchange(text).status_code, 200 if alive else 401)

    def test_a_new_password_ends_it(self):
        _, text = personal_token(self.alan)
        body = {"current_password": PASSWORD, "new_password": "another good password"}
        self.assertEqual(self.api.post("/api/v1/me/password/", body).status_code, 200)
        assert_problem(self.exchange(text), 401, "personal_token_invalid")

    def test_old_ones_are_purged(self):
        personal_token(self.alan, days=1)
        with later(days=20):
            self.assertEqual(personal_tokens_purge(), 0)
        with later(days=32):
            self.assertEqual(personal_tokens_purge(), 1)
