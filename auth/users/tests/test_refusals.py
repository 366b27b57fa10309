"""Who reaches for what is not theirs is refused, and the audit log says so whatever else was undone."""

from servicekit.testing import assert_problem
from users.models import AuditEntry, User
from users.tests.cast import CastTestCase, client_of, person, service_client_of


class RefusalTests(CastTestCase):
    def entries(self):
        found = AuditEntry.objects.filter(event="administration_refused").order_by("id")
        return [(entry.actor["name"], str(entry.user_id or ""), entry.detail) for entry in found]

    def test_a_closed_door(self):
        for user, method, path in (
            (self.erin, "GET", "/api/v1/users/"),
            (self.alan, "GET", "/api/v1/audit-log/"),
            (self.ada, "POST", "/api/v1/service-clients/"),
            (self.amos, "GET", "/api/v1/registrations/"),
        ):
            answer = client_of(user).generic(method, path, "{}", "application/json")
            assert_problem(answer, 403, "permission_denied")
            self.assertEqual(self.entries()[-1], (user.name, "", {"path": path}))
        self.assertEqual(AuditEntry.objects.latest("id").address, "127.0.0.1")

    def test_whom_one_does_not_administer(self):
        both = person("both", "hdts:employee", "tts:agent")
        hedda = client_of(self.hedda)
        for what in ("deactivation", "suspension", "reactivation", "totp-removal", "sessions/revocation", "invitation"):
            path = f"/api/v1/users/{both.pk}/{what}/"
            answer = hedda.post(path, {"reason": "x"} if what == "suspension" else {})
            assert_problem(answer, 403, "user_not_administered")
            self.assertEqual(self.entries()[-1], ("Hedda", str(both.pk), {"path": path}))

    def test_what_one_does_not_administer(self):
        body = {"user": str(self.charlie.pk), "role": "tts:admin"}
        assert_problem(client_of(self.hedda).post("/api/v1/role-assignments/", body), 403, "system_not_administered")
        self.assertEqual(self.entries(), [("Hedda", "", {"system": "tts", "path": "/api/v1/role-assignments/"})])

    def test_a_service(self):
        assert_problem(service_client_of("messaging").get("/api/v1/users/"), 403, "permission_denied")
        self.assertEqual(self.entries()[0][0], "messaging")

    def test_nobody_and_what_is_not_there_leave_none(self):
        self.client.get("/api/v1/users/")
        client_of(self.amos).get(f"/api/v1/users/{self.emil.pk}/")
        self.assertEqual(self.entries(), [])


class IdempotencyTests(CastTestCase):
    """A request that is sent again, as its answer was lost, has one effect and is answered the same."""

    def post(self, api, path, key, **body):
        return api.post(path, body, headers={"Idempotency-Key": key})

    def test_creations(self):
        root = client_of(self.root)
        zoe = {"username": "zoe", "email": "zoe@example.com", "name": "Zoe", "roles": ["hdts:employee"]}
        for path, body in (
            ("/api/v1/users/", zoe),
            ("/api/v1/systems/", {"slug": "crm", "name": "Customers"}),
            ("/api/v1/roles/", {"system": "ams", "slug": "clerk", "name": "Clerk"}),
            ("/api/v1/role-assignments/", {"user": str(self.charlie.pk), "role": "ams:admin"}),
        ):
            with self.subTest(path):
                first, again = (self.post(root, path, "k1", **body) for _ in range(2))
                self.assertEqual((first.status_code, again.json()), (201, first.json()))
                self.assertEqual(again["Idempotency-Replayed"], "true")

    def test_a_refusal_is_kept_and_undoes_the_rest(self):
        hedda, before = client_of(self.hedda), User.objects.count()
        body = {"username": "zoe", "email": "zoe@example.com", "name": "Zoe", "roles": ["hdts:employee", "tts:admin"]}
        assert_problem(self.post(hedda, "/api/v1/users/", "k1", **body), 403, "system_not_administered")
        self.assertEqual(User.objects.count(), before)
        self.assertTrue(AuditEntry.objects.filter(event="administration_refused").exists())
        body["roles"] = ["hdts:employee"]
        self.assertEqual(self.post(hedda, "/api/v1/users/", "k1", **body).status_code, 201)
