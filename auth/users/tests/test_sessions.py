"""Where somebody is signed in, and how they end it."""

from eventbus.testing import published
from jwtauth import people
from jwtauth.claims import verify
from jwtauth.revocation import is_revoked
from servicekit.testing import assert_problem
from users.models import AuditEntry, Session
from users.tests.cast import CastTestCase, client_of, signed_in


class SessionTests(CastTestCase):
    def setUp(self):
        self.phone, self.phone_pair = signed_in(self.erin)
        self.laptop, self.laptop_pair = signed_in(self.erin)

    def sessions(self, api):
        return api.get("/api/v1/sessions/").json()["results"]

    def refresh(self, pair):
        return self.client.post("/api/v1/token/refresh/", {"refresh": pair.refresh}, "application/json")

    def test_the_own_sessions_newest_first_and_which_one_this_is(self):
        client_of(self.emil)
        found = self.sessions(self.phone)
        self.assertEqual([session["current"] for session in found], [False, True])
        self.assertEqual(set(found[0]), {
            "id", "created_at", "last_used_at", "expires_at", "address", "user_agent", "current",
        })  # fmt: skip

    def test_ended_sessions_are_not_listed(self):
        self.client.post("/api/v1/token/blacklist/", {"refresh": self.laptop_pair.refresh}, "application/json")
        self.assertEqual([session["current"] for session in self.sessions(self.phone)], [True])

    def test_one_is_ended_from_another(self):
        other = self.sessions(self.phone)[0]["id"]
        self.assertEqual(self.phone.delete(f"/api/v1/sessions/{other}/").status_code, 204)
        assert_problem(self.laptop.get("/api/v1/me/"), 401, "token_revoked")
        assert_problem(self.refresh(self.laptop_pair), 401, "refresh_invalid")
        self.assertEqual(self.phone.get("/api/v1/me/").status_code, 200)
        self.assertEqual(Session.objects.get(pk=other).revoke_reason, "revoked")
        self.assertEqual(AuditEntry.objects.get(event="session_revoked").detail, {"session_id": other})
        assert_problem(self.phone.delete(f"/api/v1/sessions/{other}/"), 404, "not_found")

    def test_a_session_of_somebody_else_is_not_there(self):
        api, _ = signed_in(self.emil)
        theirs = self.sessions(api)[0]["id"]
        for stranger in (self.phone, client_of(self.root)):
            assert_problem(stranger.delete(f"/api/v1/sessions/{theirs}/"), 404, "not_found")
        self.assertEqual(api.get("/api/v1/me/").status_code, 200)

    def test_everywhere_at_once(self):
        bystander = client_of(self.emil)
        self.assertEqual(self.phone.post("/api/v1/sessions/revocation/").status_code, 200)
        for api, pair in ((self.phone, self.phone_pair), (self.laptop, self.laptop_pair)):
            assert_problem(api.get("/api/v1/me/"), 401, "token_revoked")
            assert_problem(self.refresh(pair), 401, "refresh_invalid")
        self.assertEqual(bystander.get("/api/v1/me/").status_code, 200)
        self.assertTrue(AuditEntry.objects.filter(event="signed_out_everywhere", user_id=self.erin.pk).exists())

    def test_an_admin_ends_those_of_a_lost_laptop(self):
        url = f"/api/v1/users/{self.erin.pk}/sessions/revocation/"
        self.assertEqual(client_of(self.hedda).post(url).status_code, 200)
        for api, pair in ((self.phone, self.phone_pair), (self.laptop, self.laptop_pair)):
            assert_problem(api.get("/api/v1/me/"), 401, "token_revoked")
            assert_problem(self.refresh(pair), 401, "refresh_invalid")
        self.assertEqual(published("user.revoked.v1")[-1]["change"]["reason"], "logout_everywhere")
        entry = AuditEntry.objects.get(event="signed_out_everywhere", user_id=self.erin.pk)
        self.assertEqual(entry.actor["id"], str(self.hedda.pk))

    def test_everywhere_means_the_other_services_too(self):
        self.phone.post("/api/v1/sessions/revocation/")
        event = published("user.revoked.v1")[-1]
        self.assertEqual(event["change"], {"reason": "logout_everywhere", "token_version": 1})
        people.apply_revocation(data=event["data"], change=event["change"], version=event["version"])
        self.assertTrue(is_revoked(verify(self.laptop_pair.access)))
        self.assertFalse(is_revoked(verify(signed_in(type(self.erin).objects.get(pk=self.erin.pk))[1].access)))
