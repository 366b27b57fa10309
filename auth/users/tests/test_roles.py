"""Systems and roles, and who may give them to whom."""

from eventbus.testing import published
from servicekit.testing import assert_problem
from users.models import AuditEntry, Role, RoleAssignment, System
from users.selectors.people import role_names
from users.tests.cast import CastTestCase, client_of, person, role, signed_in

URL = "/api/v1/role-assignments/"


class GrantTests(CastTestCase):
    def grant(self, by, user, name):
        return client_of(by).post(URL, {"user": str(user.pk), "role": name})

    def test_an_admin_grants_roles_of_their_system(self):
        api, _ = signed_in(self.emil)
        response = self.grant(self.hedda, self.emil, "hdts:admin")
        self.assertEqual(response.status_code, 201)
        self.assertEqual({**response.json(), "id": None}, {"id": None, "user": str(self.emil.pk), "role": "hdts:admin"})
        self.assertEqual(role_names(self.emil.pk), ["hdts:admin", "hdts:employee"])
        assert_problem(api.get("/api/v1/me/"), 401, "token_revoked")
        self.assertEqual(published("user.revoked.v1")[-1]["change"]["reason"], "roles_changed")
        entry = AuditEntry.objects.get(event="role_assigned")
        self.assertEqual((entry.actor["name"], entry.detail), ("Hedda", {"role": "hdts:admin"}))

    def test_nobody_grants_roles_of_a_system_that_they_do_not_administer(self):
        for by, name in (
            (self.hedda, "tts:agent"),
            (self.hedda, "tts:admin"),
            (self.ada, "hdts:employee"),
            (self.ada, "ams:admin"),
            (self.amos, "bms:admin"),
        ):
            with self.subTest(f"{by} {name}"):
                assert_problem(self.grant(by, self.charlie, name), 403, "system_not_administered")
        self.assertEqual(role_names(self.charlie.pk), [])
        self.assertEqual(AuditEntry.objects.filter(event="administration_refused").count(), 5)

    def test_nobody_grants_themselves_a_role(self):
        for by, name in ((self.ada, "tts:agent"), (self.root, "tts:admin")):
            assert_problem(self.grant(by, by, name), 409, "own_roles")

    def test_a_superusers_roles_are_a_superusers_matter(self):
        assert_problem(self.grant(self.ada, self.root, "tts:agent"), 403, "user_not_administered")
        other = person("other-root", is_superuser=True)
        self.assertEqual(self.grant(self.root, other, "tts:agent").status_code, 201)

    def test_held_already(self):
        assert_problem(self.grant(self.hedda, self.emil, "hdts:employee"), 409, "role_already_held")

    def test_unknown_users_and_roles(self):
        Role.objects.filter(slug="agent").update(is_active=False)
        nobody = "01938c5e-0000-7000-8000-000000000001"
        for body, code in (
            ({"user": nobody, "role": "tts:asset-manager"}, "does_not_exist"),
            ({"user": str(self.emil.pk), "role": "tts:nothing"}, "role_unknown"),
            ({"user": str(self.emil.pk), "role": "tts:agent"}, "role_unknown"),
            ({"user": str(self.emil.pk), "role": "nonsense"}, "role_unknown"),
            ({"user": "nonsense", "role": "tts:asset-manager"}, "invalid"),
        ):
            with self.subTest(body):
                answer = assert_problem(client_of(self.ada).post(URL, body), 400, "validation_error")
                self.assertEqual([error["code"] for error in answer["errors"]], [code])

    def test_the_list_holds_the_callers_systems(self):
        listed = client_of(self.hedda).get(URL).json()["results"]
        self.assertEqual({held["role"] for held in listed}, {"hdts:employee", "hdts:admin"})
        everything = client_of(self.root).get(URL).json()["results"]
        self.assertEqual(len(everything), RoleAssignment.objects.count())
        one = client_of(self.hedda).get(URL, {"user": str(self.emil.pk), "role": "hdts:employee"}).json()["results"]
        self.assertEqual([held["user"] for held in one], [str(self.emil.pk)])
        assert_problem(client_of(self.hedda).get(URL, {"user": "x"}), 400, "validation_error")

    def test_an_admin_takes_a_role_away(self):
        held = self.emil.assignments.get()
        api, _ = signed_in(self.emil)
        hedda = client_of(self.hedda)
        self.assertEqual(hedda.delete(f"{URL}{held.pk}/").status_code, 204)
        self.assertEqual(role_names(self.emil.pk), [])
        assert_problem(api.get("/api/v1/me/"), 401, "token_revoked")
        assert_problem(hedda.delete(f"{URL}{held.pk}/"), 404, "not_found")

    def test_nobody_takes_what_they_do_not_administer_or_their_own(self):
        alans, adas = self.alan.assignments.get(), self.ada.assignments.get()
        assert_problem(client_of(self.hedda).delete(f"{URL}{alans.pk}/"), 404, "not_found")
        assert_problem(client_of(self.ada).delete(f"{URL}{adas.pk}/"), 409, "own_roles")
        self.assertEqual(RoleAssignment.objects.filter(is_active=True, pk__in=[alans.pk, adas.pk]).count(), 2)

    def test_a_withdrawn_admin_grants_nothing_with_an_old_token(self):
        ada = client_of(self.ada)
        held = self.ada.assignments.get()
        self.assertEqual(client_of(self.root).delete(f"{URL}{held.pk}/").status_code, 204)
        assert_problem(ada.post(URL, {"user": str(self.erin.pk), "role": "tts:admin"}), 401, "token_revoked")


class SystemTests(CastTestCase):
    def test_a_superuser_makes_renames_and_deletes_a_system(self):
        root = client_of(self.root)
        made = root.post("/api/v1/systems/", {"slug": "pms", "name": "Projects"})
        self.assertEqual((made.status_code, made.json()["roles"]), (201, []))
        url = f"/api/v1/systems/{made.json()['id']}/"
        self.assertEqual(root.patch(url, {"name": "Project Management"}).json()["name"], "Project Management")
        self.assertEqual(client_of(self.erin).get(url).json()["slug"], "pms")
        self.assertEqual(root.delete(url).status_code, 204)
        self.assertFalse(System.objects.filter(slug="pms").exists())

    def test_a_system_with_roles_stays(self):
        system = role("ams:admin").system
        assert_problem(client_of(self.root).delete(f"/api/v1/systems/{system.pk}/"), 409, "system_in_use")

    def test_bad_slugs(self):
        for slug in ("tts", "Upper", "with space", "a:b", "ümlaut", ""):
            with self.subTest(slug):
                answer = client_of(self.root).post("/api/v1/systems/", {"slug": slug, "name": "x"})
                assert_problem(answer, 400, "validation_error")
        assert_problem(client_of(self.root).patch(
            f"/api/v1/systems/{role('ams:admin').system.pk}/", {"slug": "other", "name": "x"}
        ), 400, "validation_error")  # fmt: skip


class RoleTests(CastTestCase):
    def make(self, by, system="ams", slug="auditor", name="Auditor"):
        return client_of(by).post("/api/v1/roles/", {"system": system, "slug": slug, "name": name})

    def test_an_admin_makes_a_role_of_their_system(self):
        made = self.make(self.amos)
        self.assertEqual(made.status_code, 201)
        expected = {"system": "ams", "slug": "auditor", "name": "Auditor", "is_active": True, "version": 1}
        self.assertEqual({**made.json()}, {**expected, "id": made.json()["id"]})
        self.assertEqual(published("role.changed.v1")[-1]["data"]["slug"], "auditor")

    def test_and_of_no_other(self):
        for by, system in ((self.amos, "tts"), (self.ada, "ams"), (self.hedda, "bms")):
            assert_problem(self.make(by, system), 403, "system_not_administered")
        tts_agent = role("tts:agent")
        answer = client_of(self.amos).patch(f"/api/v1/roles/{tts_agent.pk}/", {"name": "Pwned"})
        assert_problem(answer, 403, "system_not_administered")

    def test_taken_and_malformed_slugs(self):
        for slug in ("admin", "Upper", "a b", "a:b", "x" * 50):
            with self.subTest(slug):
                assert_problem(self.make(self.amos, slug=slug), 400, "validation_error")
        assert_problem(self.make(self.amos, system="nothing"), 400, "validation_error")

    def test_a_role_is_retired_only_when_nobody_holds_it(self):
        agent, unused = role("tts:agent"), role("tts:budget-manager")
        ada = client_of(self.ada)
        assert_problem(ada.patch(f"/api/v1/roles/{agent.pk}/", {"is_active": False}), 409, "role_in_use")
        answer = ada.patch(f"/api/v1/roles/{unused.pk}/", {"is_active": False, "name": "Former"})
        self.assertEqual((answer.json()["is_active"], answer.json()["name"]), (False, "Former"))
        event = published("role.changed.v1")[-1]
        self.assertEqual((event["version"], event["data"]["is_active"]), (2, False))
        ada.patch(f"/api/v1/roles/{unused.pk}/", {"is_active": False})
        self.assertEqual(published("role.changed.v1")[-1]["event_id"], event["event_id"])
        self.assertTrue(ada.patch(f"/api/v1/roles/{unused.pk}/", {"is_active": True}).json()["is_active"])

    def test_what_cannot_be_changed(self):
        for field, value in (("slug", "other"), ("system", "ams"), ("version", 7)):
            answer = client_of(self.ada).patch(f"/api/v1/roles/{role('tts:agent').pk}/", {field: value})
            self.assertEqual(assert_problem(answer, 400, "validation_error")["errors"][0]["code"], "unknown_field")
