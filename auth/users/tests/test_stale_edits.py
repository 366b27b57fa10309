"""Two people edit the same thing: who has not seen the other's change is told so, and overwrites nothing."""

from rest_framework.test import APIClient

from servicekit.testing import assert_problem, urlconf_routes
from users.models import AuditEntry, Passkey
from users.tests.cast import CastTestCase, role, service_client, signed_in


class StaleEditTests(CastTestCase):
    def setUp(self):
        client = service_client("reports", "events:read")
        agent = role("tts:agent")
        passkey = Passkey.objects.create(user=self.root, name="Laptop", credential_id="x", public_key="x")
        self.routes = {
            "/api/v1/me/": (self.root, {"name": "Root Over"}, {"name": "Root Again"}),
            "/api/v1/me/passkeys/{}/": (passkey, {"name": "Phone"}, {"name": "Tablet"}),
            "/api/v1/users/{}/": (self.emil, {"department": "Sales"}, {"department": "Repairs"}),
            "/api/v1/systems/{}/": (agent.system, {"name": "Tickets"}, {"name": "Desk"}),
            "/api/v1/roles/{}/": (agent, {"name": "Helper"}, {"name": "Technician"}),
            "/api/v1/service-clients/{}/": (client, {"scopes": []}, {"is_active": False}),
        }
        self.edits = {path.format(row.pk): bodies for path, (row, *bodies) in self.routes.items()}
        # Without the cast's If-Match.
        self.api = APIClient()
        self.api.credentials(HTTP_AUTHORIZATION=f"Bearer {signed_in(self.root)[1].access}")

    def edit(self, path, body, version):
        return self.api.patch(path, body, headers={"If-Match": version})

    def test_every_edit_is_asked_for_its_version(self):
        edits = {path for method, path in urlconf_routes() if method in ("PATCH", "PUT")}
        self.assertEqual({path for path in edits if not path.startswith("/admin/")}, set(self.routes))
        for path, (body, _) in self.edits.items():
            with self.subTest(path):
                before = self.api.get(path)
                assert_problem(self.api.patch(path, body), 428, "precondition_required")
                after = self.api.get(path)
                self.assertEqual((after.json(), after["ETag"]), (before.json(), before["ETag"]))

    def test_the_second_of_two_editors_overwrites_nothing(self):
        for path, (first, second) in self.edits.items():
            with self.subTest(path):
                seen = self.api.get(path)["ETag"]
                won = self.edit(path, first, seen)
                self.assertEqual((won.status_code, won["ETag"]), (200, f'"{won.json()["version"]}"'))
                entries = AuditEntry.objects.count()
                lost = self.edit(path, second, seen)
                assert_problem(lost, 412, "precondition_failed")
                self.assertEqual(lost["ETag"], won["ETag"])
                self.assertEqual(self.api.get(path).json(), won.json())
                self.assertEqual(AuditEntry.objects.count(), entries)
                self.assertEqual(self.edit(path, second, lost["ETag"]).status_code, 200)

    def test_a_change_by_another_way_is_one_too(self):
        path = f"/api/v1/users/{self.emil.pk}/"
        seen = self.api.get(path)["ETag"]
        self.api.post(f"{path}suspension/", {"reason": "On leave."})
        assert_problem(self.edit(path, {"name": "Emil Other"}, seen), 412, "precondition_failed")

    def test_who_may_not_edit_learns_nothing_of_the_version(self):
        amos, _ = signed_in(self.amos)
        for stale in ('"99"', "*"):
            amos.credentials(HTTP_AUTHORIZATION=amos._credentials["HTTP_AUTHORIZATION"], HTTP_IF_MATCH=stale)
            answer = amos.patch(f"/api/v1/users/{self.emil.pk}/", {"name": "x"})
            assert_problem(answer, 404, "not_found")
            self.assertFalse(answer.has_header("ETag"))
            answer = amos.patch(f"/api/v1/roles/{role('tts:agent').pk}/", {"name": "x"})
            assert_problem(answer, 403, "system_not_administered")
