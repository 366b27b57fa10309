"""Lists cost the same number of queries however long they are."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from users.models import Passkey, System
from users.services.audit import audit_record
from users.services.roles import role_define
from users.tests.cast import CastTestCase, client_of, person


class QueryCountTests(CastTestCase):
    def count(self, viewer, path):
        api = client_of(viewer)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = api.get(path, {"limit": 100}).json()["results"]
        return len(rows), len(queries)

    def assert_constant(self, viewer, path, grow):
        before_rows, before = self.count(viewer, path)
        grow()
        after_rows, after = self.count(viewer, path)
        self.assertGreaterEqual(after_rows, before_rows + 18)
        self.assertEqual(before, after)
        self.assertLessEqual(after, 3)

    def test_users(self):
        def grow():
            for number in range(18):
                person(f"more{number}", "hdts:employee", "tts:agent")

        self.assert_constant(self.ada, "/api/v1/users/", grow)

    def test_users_as_an_hdts_admin(self):
        def grow():
            for number in range(18):
                person(f"more{number}", "hdts:employee")

        self.assert_constant(self.hedda, "/api/v1/users/", grow)

    def test_sessions(self):
        def grow():
            for _ in range(18):
                client_of(self.erin)

        self.assert_constant(self.erin, "/api/v1/sessions/", grow)

    def test_passkeys(self):
        def grow():
            for number in range(18):
                Passkey.objects.create(user=self.erin, name="x", credential_id=f"x{number}", public_key="x")

        self.assert_constant(self.erin, "/api/v1/me/passkeys/", grow)

    def test_roles(self):
        def grow():
            for letter in "abcdefghijklmnopqr":
                role_define(system=System.objects.get(slug="ams"), slug=f"x{letter}", name=letter)

        self.assert_constant(self.erin, "/api/v1/roles/", grow)

    def test_role_assignments(self):
        def grow():
            for number in range(18):
                person(f"more{number}", "hdts:employee")

        self.assert_constant(self.root, "/api/v1/role-assignments/", grow)

    def test_the_audit_log(self):
        def grow():
            for _ in range(18):
                audit_record(event="sign_in")

        self.assert_constant(self.ada, "/api/v1/audit-log/", grow)

    def test_systems(self):
        def grow():
            for letter in "abcdefghijklmnopqr":
                system = System.objects.create(slug=f"x{letter}", name=letter)
                role_define(system=system, slug="admin", name="Admin")
                role_define(system=system, slug="other", name="Other")

        self.assert_constant(self.erin, "/api/v1/systems/", grow)
