"""Reading what happened, and why somebody may do something."""

from servicekit.testing import assert_problem
from users.services.audit import audit_record
from users.tests.cast import CastTestCase, client_of, role

LOG = "/api/v1/audit-log/"
EXPLAIN = "/api/v1/access/explain/"


class AuditLogTests(CastTestCase):
    def events(self, **query):
        answer = client_of(self.ada).get(LOG, query)
        self.assertEqual(answer.status_code, 200, answer.content)
        return [entry["event"] for entry in answer.json()["results"]]

    def test_newest_first_with_actor_and_request(self):
        client_of(self.ada).post(f"/api/v1/users/{self.erin.pk}/deactivation/", headers={"X-Request-ID": "req-1"})
        [entry] = client_of(self.ada).get(LOG, {"event": "user_deactivated"}).json()["results"]
        self.assertEqual((entry["user_id"], entry["actor"]["name"]), (str(self.erin.pk), "Ada"))
        self.assertEqual((entry["request_id"], entry["user_name"]), ("req-1", "Erin Employee"))

    def test_an_entry_outlives_whom_it_is_about(self):
        audit_record(event="sign_in", user_id=role("tts:agent").pk)
        [entry] = client_of(self.ada).get(LOG, {"event": "sign_in"}).json()["results"]
        self.assertIsNone(entry["user_name"])

    def test_filters(self):
        audit_record(event="sign_in", user_id=self.erin.pk)
        client_of(self.ada).post(f"/api/v1/users/{self.emil.pk}/deactivation/")
        self.assertEqual(self.events(user=self.erin.pk), ["sign_in", "user_created"])
        self.assertEqual(self.events(actor=self.ada.pk), ["user_deactivated"])
        self.assertEqual(self.events(event="sign_in"), ["sign_in"])
        self.assertEqual(self.events(since="2100-01-01T00:00:00Z"), [])
        self.assertEqual(self.events(until="2000-01-01T00:00:00Z"), [])
        self.assertEqual(self.events(request_id="nothing"), [])

    def test_bad_filters(self):
        for query in (
            {"user": "x"},
            {"actor": "1"},
            {"event": "' OR 1=1"},
            {"since": "yesterday"},
            {"request_id": "a b"},
        ):
            with self.subTest(query):
                assert_problem(client_of(self.ada).get(LOG, query), 400, "validation_error")


class ExplainTests(CastTestCase):
    def ask(self, viewer, user, name):
        return client_of(viewer).get(EXPLAIN, {"user": str(user.pk), "role": name})

    def codes(self, user, name):
        answer = self.ask(self.root, user, name).json()
        return answer["allowed"], [reason["code"] for reason in answer["reasons"]]

    def test_every_reason(self):
        self.assertEqual(self.codes(self.alan, "tts:agent"), (True, ["role_held"]))
        self.assertEqual(self.codes(self.alan, "tts:admin"), (False, ["role_not_held"]))
        self.assertEqual(self.codes(self.root, "tts:admin"), (True, ["superuser", "role_not_held"]))
        client_of(self.ada).post(f"/api/v1/users/{self.alan.pk}/suspension/", {"reason": "x"})
        self.assertEqual(self.codes(self.alan, "tts:agent"), (False, ["account_suspended", "role_held"]))

    def test_who_granted_it_and_when(self):
        body = {"user": str(self.charlie.pk), "role": "tts:agent"}
        client_of(self.ada).post("/api/v1/role-assignments/", body)
        [reason] = self.ask(self.ada, self.charlie, "tts:agent").json()["reasons"]
        self.assertEqual((reason["code"], reason["by"]["name"]), ("role_held", "Ada"))
        self.assertTrue(reason["at"])

    def test_a_retired_role_allows_nothing(self):
        agent = role("tts:agent")
        self.assertEqual(self.codes(self.alan, "tts:agent")[0], True)
        agent.is_active = False
        agent.save()
        self.assertEqual(self.codes(self.alan, "tts:agent"), (False, ["role_held", "role_retired"]))

    def test_about_oneself_and_whom_one_sees(self):
        self.assertEqual(self.ask(self.erin, self.erin, "tts:admin").json()["allowed"], False)
        assert_problem(self.ask(self.erin, self.emil, "hdts:employee"), 404, "not_found")
        assert_problem(self.ask(self.hedda, self.alan, "tts:agent"), 404, "not_found")
        self.assertEqual(self.ask(self.hedda, self.emil, "hdts:employee").status_code, 200)

    def test_bad_questions(self):
        for query in ({}, {"user": "x", "role": "tts:agent"}, {"user": str(self.erin.pk), "role": "x"}):
            assert_problem(client_of(self.root).get(EXPLAIN, query), 400, "validation_error")
