"""Closing an account closes every way in."""

from eventbus.testing import published
from jwtauth import people
from jwtauth.claims import verify
from jwtauth.revocation import is_revoked
from servicekit.testing import assert_problem
from users.models import AuditEntry, Role, Session, User
from users.selectors.people import loaded_role_names, role_names, with_roles
from users.services.roles import role_assign, role_withdraw
from users.tests.cast import PASSWORD, CastTestCase, client_of, person, role, signed_in


def url(user):
    return f"/api/v1/users/{user.pk}/deactivation/"


class DeactivationTests(CastTestCase):
    def test_every_door_closes(self):
        api, pair = signed_in(self.erin)
        response = client_of(self.ada).post(url(self.erin))
        self.assertEqual((response.status_code, response.json()["is_active"]), (200, False))
        assert_problem(api.get("/api/v1/me/"), 401, "token_revoked")
        for path, body, code in (
            ("refresh/", {"refresh": pair.refresh}, "refresh_invalid"),
            ("verify/", {"token": pair.access}, "token_revoked"),
            ("", {"username": "erin", "password": PASSWORD}, "invalid_credentials"),
        ):
            assert_problem(self.client.post(f"/api/v1/token/{path}", body, "application/json"), 401, code)

    def test_other_services_learn_of_it(self):
        _, pair = signed_in(self.erin)
        client_of(self.ada).post(url(self.erin))
        event = published("user.revoked.v1")[-1]
        self.assertEqual(event["change"], {"reason": "deactivated", "token_version": 1})
        self.assertEqual((event["version"], event["data"]["is_active"]), (2, False))
        self.assertEqual(event["actor"], {"id": str(self.ada.pk), "kind": "user", "name": "Ada"})
        self.assertTrue(event["request_id"])
        self.assertEqual(published("user.changed.v1")[-1]["data"], event["data"])
        self.assertFalse(is_revoked(verify(pair.access)))
        people.apply_revocation(data=event["data"], change=event["change"], version=event["version"])
        self.assertTrue(is_revoked(verify(pair.access)))

    def test_it_is_in_the_audit_log(self):
        client_of(self.ada).post(url(self.erin))
        entry = AuditEntry.objects.get(event="user_deactivated")
        self.assertEqual((entry.user_id, entry.actor["id"]), (self.erin.pk, str(self.ada.pk)))

    def test_twice_is_a_conflict_and_publishes_nothing_more(self):
        api = client_of(self.ada)
        api.post(url(self.erin))
        count = len(published())
        assert_problem(api.post(url(self.erin)), 409, "user_already_inactive")
        self.assertEqual(len(published()), count)

    def test_nobody_locks_themselves_out(self):
        assert_problem(client_of(self.ada).post(url(self.ada)), 409, "own_account")
        assert_problem(client_of(self.root).post(url(self.root)), 409, "own_account")

    def test_an_hdts_admin_closes_employees_and_nobody_else(self):
        api = client_of(self.hedda)
        self.assertEqual(api.post(url(self.erin)).status_code, 200)
        for stranger in (self.alan, self.ada, self.root, self.charlie):
            assert_problem(api.post(url(stranger)), 404, "not_found")

    def test_an_employee_with_another_role_is_beyond_an_hdts_admin(self):
        both = person("both", "hdts:employee", "tts:agent")
        assert_problem(client_of(self.hedda).post(url(both)), 403, "user_not_administered")
        self.assertTrue(User.objects.get(pk=both.pk).is_active)

    def test_only_a_superuser_closes_a_superuser(self):
        other = person("other-root", is_superuser=True)
        assert_problem(client_of(self.ada).post(url(other)), 403, "user_not_administered")
        self.assertEqual(client_of(self.root).post(url(other)).status_code, 200)


class LayersTests(CastTestCase):
    """Each check holds alone: a row changed past the services is seen by all of them."""

    def setUp(self):
        self.api, self.pair = signed_in(self.erin)

    def test_an_inactive_user_is_stopped_at_every_door(self):
        User.objects.filter(pk=self.erin.pk).update(is_active=False)
        assert_problem(self.api.get("/api/v1/me/"), 401, "token_revoked")
        body = {"refresh": self.pair.refresh}
        assert_problem(self.client.post("/api/v1/token/refresh/", body, "application/json"), 401, "refresh_invalid")
        body = {"username": "erin", "password": PASSWORD}
        assert_problem(self.client.post("/api/v1/token/", body, "application/json"), 401, "invalid_credentials")
        self.assertEqual(AuditEntry.objects.get(event="sign_in_refused").detail, {"reason": "inactive"})

    def test_a_raised_token_version_voids_the_token(self):
        User.objects.filter(pk=self.erin.pk).update(token_version=1)
        assert_problem(self.api.get("/api/v1/me/"), 401, "token_revoked")

    def test_a_session_of_somebody_else_does_not_count(self):
        Session.objects.update(user=self.emil)
        assert_problem(self.api.get("/api/v1/me/"), 401, "token_revoked")


class RoleChangeTests(CastTestCase):
    def test_a_role_given_ends_sessions_and_is_published(self):
        api, _ = signed_in(self.erin)
        self.assertTrue(role_assign(user=self.erin, role=role("tts:agent")))
        assert_problem(api.get("/api/v1/me/"), 401, "token_revoked")
        event = published("user.changed.v1")[-1]
        self.assertEqual((event["version"], event["data"]["roles"]), (2, ["hdts:employee", "tts:agent"]))
        self.assertEqual(published("user.revoked.v1")[-1]["change"]["reason"], "roles_changed")
        self.assertEqual(published("role_assignment.changed.v1")[-1]["data"]["role"], "tts:agent")
        self.assertEqual(Session.objects.get(user=self.erin).revoke_reason, "roles_changed")

    def test_what_is_so_already_changes_nothing(self):
        count = len(published())
        self.assertFalse(role_assign(user=self.erin, role=role("hdts:employee")))
        self.assertFalse(role_withdraw(user=self.erin, role=role("tts:agent")))
        self.assertEqual(len(published()), count)

    def test_a_retired_role_opens_nothing_although_somebody_holds_it(self):
        Role.objects.filter(slug="employee").update(is_active=False)
        self.assertEqual(role_names(self.erin.pk), [])
        self.assertEqual(loaded_role_names(with_roles(User.objects.all()).get(pk=self.erin.pk)), [])

    def test_a_role_withdrawn_and_given_again_is_the_same_assignment(self):
        role_withdraw(user=self.erin, role=role("hdts:employee"))
        self.assertEqual(published("user.changed.v1")[-1]["data"]["roles"], [])
        role_assign(user=self.erin, role=role("hdts:employee"))
        versions = [
            event["version"]
            for event in published("role_assignment.changed.v1")
            if event["data"]["user_id"] == str(self.erin.pk)
        ]
        self.assertEqual(versions, [1, 2, 3])
        self.assertEqual(User.objects.get(pk=self.erin.pk).token_version, 2)
