"""Reading people and systems."""

from servicekit.testing import assert_problem
from users.models import User
from users.tests.cast import CastTestCase, client_of, person, role


class MeTests(CastTestCase):
    def test_the_own_profile(self):
        body = client_of(self.erin).get("/api/v1/me/").json()
        expected = {
            "id": str(self.erin.pk),
            "username": "erin",
            "email": "erin@example.com",
            "name": "Erin Employee",
            "department": "Sales",
            "time_zone": "UTC",
            "is_active": True,
            "state": "active",
            "has_password": True,
            "is_superuser": False,
            "version": 1,
            "roles": ["hdts:employee"],
        }
        self.assertEqual(body, expected)


class SystemTests(CastTestCase):
    def test_systems_with_their_active_roles(self):
        closed = role("tts:agent")
        closed.is_active = False
        closed.save()
        body = client_of(self.erin).get("/api/v1/systems/").json()
        self.assertEqual([system["slug"] for system in body["results"]], ["ams", "bms", "hdts", "tts"])
        slugs = [held["slug"] for held in body["results"][3]["roles"]]
        self.assertEqual(slugs, ["admin", "asset-manager", "budget-manager", "ticket-coordinator"])


class UserListTests(CastTestCase):
    def names(self, viewer, **query):
        response = client_of(viewer).get("/api/v1/users/", query)
        self.assertEqual(response.status_code, 200)
        return [user["username"] for user in response.json()["results"]]

    def test_staff_sees_everyone_newest_first(self):
        everyone = ["charlie", "root", "amos", "hedda", "ada", "cora", "alan", "emil", "erin"]
        self.assertEqual(self.names(self.alan), everyone)

    def test_an_hdts_admin_sees_employees(self):
        self.assertEqual(self.names(self.hedda), ["emil", "erin"])

    def test_another_systems_admin_sees_who_holds_a_role_of_it(self):
        self.assertEqual(self.names(self.amos), ["amos"])
        person("anna", "ams:admin", "hdts:employee")
        self.assertEqual(self.names(self.amos), ["anna", "amos"])

    def test_a_former_employee_is_out_of_sight(self):
        self.emil.assignments.update(is_active=False)
        self.assertEqual(self.names(self.hedda), ["erin"])
        assert_problem(client_of(self.hedda).get(f"/api/v1/users/{self.emil.pk}/"), 404, "not_found")

    def test_an_hdts_admin_does_not_learn_that_staff_exists(self):
        known = client_of(self.hedda).get(f"/api/v1/users/{self.alan.pk}/")
        unknown = client_of(self.hedda).get("/api/v1/users/01938c5e-0000-7000-8000-000000000001/")
        bodies = [assert_problem(response, 404, "not_found") for response in (known, unknown)]
        for body in bodies:
            body.pop("request_id")
        self.assertEqual(*bodies)

    def test_somebody_is_found_by_a_piece_of_what_is_known(self):
        for q, found in (
            ("ERIN", ["erin"]),
            ("employee", ["erin"]),
            ("em", ["emil", "erin"]),  # Erin is called Employee
            ("emil@", ["emil"]),
            ("sales", ["erin"]),
            ("nobody", []),
            ("%", []),
        ):
            with self.subTest(q):
                self.assertEqual(self.names(self.ada, q=q), found)

    def test_by_role_and_state(self):
        User.objects.filter(pk=self.emil.pk).update(is_active=False, inactive_reason="suspended")
        User.objects.filter(pk=self.cora.pk).update(is_active=False, inactive_reason="deactivated")
        User.objects.filter(pk=self.alan.pk).update(is_active=False)  # before there were reasons
        self.assertEqual(self.names(self.ada, role="hdts:employee"), ["emil", "erin"])
        self.assertEqual(self.names(self.ada, role="hdts:employee", state="active"), ["erin"])
        self.assertEqual(self.names(self.ada, state="suspended"), ["emil"])
        self.assertEqual(self.names(self.ada, state="deactivated"), ["cora", "alan"])

    def test_a_search_shows_nobody_more(self):
        for query in ({"q": "alan"}, {"role": "tts:agent"}, {"state": "active", "q": "a"}):
            self.assertNotIn("alan", self.names(self.hedda, **query))

    def test_what_makes_no_sense_is_refused(self):
        for query in ({"role": "tts:nothing"}, {"state": "gone"}, {"q": "x" * 101}):
            assert_problem(client_of(self.ada).get("/api/v1/users/", query), 400, "validation_error")

    def test_pages(self):
        api = client_of(self.alan)
        first = api.get("/api/v1/users/", {"limit": 5}).json()
        second = api.get("/api/v1/users/", {"limit": 5, "cursor": first["next"]}).json()
        names = [user["username"] for user in first["results"] + second["results"]]
        self.assertEqual((names[0], names[-1], len(set(names)), second["next"]), ("charlie", "erin", 9, None))

    def test_no_password_is_shown(self):
        person("newcomer", "hdts:employee", password="another good password")
        self.assertNotIn("argon2", client_of(self.ada).get("/api/v1/users/").content.decode())
