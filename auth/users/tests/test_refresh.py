"""Refresh tokens: one child each, a short grace, and the end of the session when one comes back."""

from datetime import timedelta
from unittest import mock

from django.core import mail
from django.utils import timezone

from eventbus.testing import run_jobs
from jwtauth.claims import verify
from servicekit.testing import assert_problem
from users.models import AuditEntry, RefreshToken, Session, User
from users.services.sessions import sessions_purge
from users.tests.cast import CastTestCase, client_of, role, signed_in
from users.tokens import AccessToken

URL = "/api/v1/token/refresh/"


def at(moment):
    """Django's clock stands still at this moment."""
    return mock.patch("django.utils.timezone.now", return_value=moment)


class RefreshTests(CastTestCase):
    def setUp(self):
        self.api, self.pair = signed_in(self.erin)

    def refresh(self, token):
        return self.client.post(URL, {"refresh": token}, "application/json")

    def child(self, token):
        response = self.refresh(token)
        self.assertEqual(response.status_code, 200, response.content)
        return response.json()["refresh"]

    def later(self, **delta):
        self.enterContext(at(timezone.now() + timedelta(**delta)))

    def test_rotation_gives_new_tokens_of_the_same_session(self):
        body = self.refresh(self.pair.refresh).json()
        self.assertNotEqual(body["refresh"], self.pair.refresh)
        self.assertEqual(verify(body["access"]).session_id, verify(self.pair.access).session_id)
        self.assertNotEqual(body["access"], self.pair.access)

    def test_a_chain_goes_on(self):
        token = self.pair.refresh
        for _ in range(3):
            token = self.child(token)
        self.assertEqual(RefreshToken.objects.count(), 4)

    def test_no_token_is_stored_in_clear(self):
        child = self.child(self.pair.refresh)
        stored = str(list(RefreshToken.objects.values()))
        self.assertNotIn(self.pair.refresh, stored)
        self.assertNotIn(child, stored)

    def test_within_the_grace_the_child_is_the_same(self):
        child = self.child(self.pair.refresh)
        self.later(seconds=9)
        self.assertEqual(self.child(self.pair.refresh), child)
        self.assertEqual(RefreshToken.objects.count(), 2)

    def test_after_the_grace_reuse_ends_the_session(self):
        child = self.child(self.pair.refresh)
        self.later(seconds=11)
        assert_problem(self.refresh(self.pair.refresh), 401, "refresh_reused")
        assert_problem(self.refresh(child), 401, "refresh_invalid")
        self.assertEqual(Session.objects.get().revoke_reason, "refresh_reused")
        self.assertTrue(AuditEntry.objects.filter(event="refresh_reused", user_id=self.erin.pk).exists())
        assert_problem(self.api.get("/api/v1/me/"), 401, "token_revoked")
        run_jobs()
        self.assertEqual([message.subject for message in mail.outbox], ["A session of yours was ended"])

    def test_once_the_child_is_used_reuse_ends_the_session_at_once(self):
        child = self.child(self.pair.refresh)
        grandchild = self.child(child)
        assert_problem(self.refresh(self.pair.refresh), 401, "refresh_reused")
        assert_problem(self.refresh(grandchild), 401, "refresh_invalid")

    def test_other_sessions_of_the_same_person_go_on(self):
        _, other = signed_in(self.erin)
        self.child(self.child(self.pair.refresh))
        assert_problem(self.refresh(self.pair.refresh), 401, "refresh_reused")
        self.child(other.refresh)

    def test_a_child_cannot_be_computed_without_the_secret(self):
        child = self.child(self.pair.refresh)
        with self.settings(SECRET_KEY="another secret key"):
            assert_problem(self.refresh(self.pair.refresh), 401, "refresh_reused")
        assert_problem(self.refresh(child), 401, "refresh_invalid")

    def test_a_week_without_use_ends_it(self):
        self.later(days=8)
        assert_problem(self.refresh(self.pair.refresh), 401, "refresh_invalid")

    def test_thirty_days_end_it_whatever_happens(self):
        token = self.pair.refresh
        for day in (6, 12, 18, 24):
            with at(timezone.now() + timedelta(days=day)):
                token = self.child(token)
        with at(timezone.now() + timedelta(days=29, hours=23)):
            token = self.child(token)
        self.later(days=30, seconds=1)
        assert_problem(self.refresh(token), 401, "refresh_invalid")

    def test_the_new_access_token_has_the_present_roles(self):
        self.erin.assignments.create(role=role("tts:agent"))
        body = self.refresh(self.pair.refresh).json()
        self.assertEqual(verify(body["access"]).roles, {"hdts:employee", "tts:agent"})

    def test_a_deleted_user_is_401(self):
        User.objects.filter(pk=self.erin.pk).delete()
        assert_problem(self.refresh(self.pair.refresh), 401, "refresh_invalid")
        assert_problem(self.api.get("/api/v1/me/"), 401, "token_revoked")

    def test_what_is_no_refresh_token_is_401(self):
        for token in (self.pair.access[:256], "unknown", "x"):
            assert_problem(self.refresh(token), 401, "refresh_invalid")

    def test_a_refresh_token_opens_nothing_else(self):
        self.api.credentials(HTTP_AUTHORIZATION=f"Bearer {self.pair.refresh}")
        assert_problem(self.api.get("/api/v1/me/"), 401, "token_invalid")

    def test_refreshing_costs_few_queries(self):
        with self.assertNumQueries(7):  # two of them are the savepoint that the test's transaction makes of it
            self.refresh(self.pair.refresh)

    def test_old_sessions_are_purged_with_their_tokens(self):
        self.assertEqual(sessions_purge(), 0)
        self.later(days=32)
        client_of(self.emil)
        sessions_purge()
        self.assertEqual([session.user_id for session in Session.objects.all()], [self.emil.pk])


class SignOutTests(CastTestCase):
    def setUp(self):
        self.api, self.pair = signed_in(self.erin)

    def sign_out(self, token):
        return self.client.post("/api/v1/token/blacklist/", {"refresh": token}, "application/json")

    def test_sign_out_ends_the_session(self):
        self.assertEqual(self.sign_out(self.pair.refresh).status_code, 200)
        assert_problem(
            self.client.post(URL, {"refresh": self.pair.refresh}, "application/json"), 401, "refresh_invalid"
        )
        assert_problem(self.api.get("/api/v1/me/"), 401, "token_revoked")
        self.assertTrue(AuditEntry.objects.filter(event="sign_out").exists())

    def test_a_used_token_signs_out_too(self):
        child = self.client.post(URL, {"refresh": self.pair.refresh}, "application/json").json()["refresh"]
        self.sign_out(self.pair.refresh)
        assert_problem(self.client.post(URL, {"refresh": child}, "application/json"), 401, "refresh_invalid")

    def test_signing_out_twice_or_with_nonsense_is_no_error(self):
        for token in (self.pair.refresh, self.pair.refresh, "nonsense"):
            self.assertEqual(self.sign_out(token).status_code, 200)
        self.assertEqual(AuditEntry.objects.filter(event="sign_out").count(), 1)


class VerifyTests(CastTestCase):
    def verify(self, token):
        return self.client.post("/api/v1/token/verify/", {"token": token}, "application/json")

    def test_a_good_token_is_200(self):
        _, pair = signed_in(self.erin)
        self.assertEqual(self.verify(pair.access).status_code, 200)

    def test_anything_else_is_401(self):
        _, pair = signed_in(self.erin)
        assert_problem(self.verify(pair.refresh), 401, "token_invalid")
        assert_problem(self.verify(pair.access[:-4] + "AAAA"), 401, "token_invalid")

    def test_an_expired_token_is_401(self):
        with mock.patch.object(AccessToken, "lifetime", timedelta(minutes=-1)):
            _, pair = signed_in(self.erin)
        assert_problem(self.verify(pair.access), 401, "token_expired")

    def test_after_the_session_it_is_401(self):
        _, pair = signed_in(self.erin)
        Session.objects.update(revoked_at=timezone.now())
        assert_problem(self.verify(pair.access), 401, "token_revoked")
