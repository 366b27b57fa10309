"""Accounts made by invitation, changed, suspended and opened again by those who administer them."""

import re
from io import StringIO

from django.core import mail
from django.core.management import CommandError, call_command

from eventbus.testing import published, run_jobs
from servicekit.testing import assert_problem
from users.models import AuditEntry, User
from users.tests.cast import PASSWORD, CastTestCase, client_of, person, signed_in

URL = "/api/v1/users/"
NEWCOMER = {"username": "newcomer", "email": "newcomer@example.com", "name": "New Comer", "roles": ["hdts:employee"]}


class InviteTests(CastTestCase):
    def invite(self, by, **changes):
        return client_of(by).post(URL, {**NEWCOMER, **changes})

    def test_an_invited_person_sets_a_password_and_is_in(self):
        answer = self.invite(self.hedda, department="Sales", time_zone="Europe/Berlin")
        self.assertEqual((answer.status_code, answer.json()["roles"]), (201, ["hdts:employee"]))
        run_jobs()
        self.assertEqual(mail.outbox[0].to, ["newcomer@example.com"])
        [token] = re.findall(r"/invitation#token=(\S+)", mail.outbox[0].body)
        body = {"token": token, "password": PASSWORD}
        self.assertEqual(self.client.post("/api/v1/invitations/acceptance/", body, "application/json").status_code, 200)
        body = {"username": "newcomer", "password": PASSWORD}
        self.assertEqual(self.client.post("/api/v1/token/", body, "application/json").status_code, 200)

    def test_only_with_roles_that_the_caller_administers(self):
        for by, roles in (
            (self.hedda, ["tts:agent"]),
            (self.hedda, ["hdts:employee", "tts:admin"]),
            (self.ada, ["hdts:employee"]),
            (self.amos, ["tts:admin"]),
        ):
            with self.subTest(f"{by} {roles}"):
                assert_problem(self.invite(by, roles=roles), 403, "system_not_administered")
        self.assertFalse(User.objects.filter(username="newcomer").exists())

    def test_a_role_is_needed(self):
        for roles in ([], ["nonsense"], "hdts:employee", None):
            assert_problem(self.invite(self.hedda, roles=roles), 400, "validation_error")

    def test_nothing_but_the_named_fields_is_taken(self):
        for field in ("is_superuser", "is_staff", "is_active", "password", "id", "token_version", "groups", "state"):
            with self.subTest(field):
                answer = assert_problem(self.invite(self.root, **{field: True}), 400, "validation_error")
                self.assertEqual([(e["field"], e["code"]) for e in answer["errors"]], [(field, "unknown_field")])

    def test_taken_names_in_any_spelling_and_malformed_ones(self):
        for field, value in (
            ("username", "ERIN"),
            ("username", "ｅｒｉｎ"),
            ("username", "еrin"),  # Cyrillic
            ("email", "ERIN@Example.com"),
            ("name", "A\r\nBcc: b@example.com"),
            ("time_zone", "Mars/Olympus"),
            ("department", "x\x1b[31m"),
        ):
            with self.subTest(value):
                answer = assert_problem(self.invite(self.hedda, **{field: value}), 400, "validation_error")
                self.assertEqual([error["field"] for error in answer["errors"]], [field])

    def test_another_link_until_there_is_a_password(self):
        newcomer = self.invite(self.hedda).json()
        url = f"{URL}{newcomer['id']}/invitation/"
        self.assertEqual(client_of(self.hedda).post(url).status_code, 202)
        run_jobs()
        first, second = re.findall(r"token=(\S+)", mail.outbox[0].body + mail.outbox[1].body)
        self.assertFalse(client_of(self.hedda).get(f"{URL}{newcomer['id']}/").json()["has_password"])
        for token, status in ((first, 400), (second, 200)):
            body = {"token": token, "password": PASSWORD}
            self.assertEqual(
                self.client.post("/api/v1/invitations/acceptance/", body, "application/json").status_code, status
            )
        assert_problem(client_of(self.hedda).post(url), 409, "user_already_joined")
        self.assertTrue(client_of(self.hedda).get(f"{URL}{newcomer['id']}/").json()["has_password"])


class EditTests(CastTestCase):
    def test_an_admin_changes_an_account(self):
        answer = client_of(self.hedda).patch(f"{URL}{self.erin.pk}/", {"name": "Erin Other", "department": ""})
        self.assertEqual((answer.json()["name"], answer.json()["department"]), ("Erin Other", ""))
        self.assertEqual(published("user.changed.v1")[-1]["data"]["name"], "Erin Other")

    def test_nothing_else(self):
        for field in ("username", "email", "is_superuser", "is_active", "roles", "password"):
            answer = client_of(self.root).patch(f"{URL}{self.erin.pk}/", {field: "x"})
            self.assertEqual(assert_problem(answer, 400, "validation_error")["errors"][0]["code"], "unknown_field")

    def test_bad_values(self):
        for values in ({"name": ""}, {"name": "a\nb"}, {"time_zone": "x"}):
            answer = client_of(self.root).patch(f"{URL}{self.erin.pk}/", values)
            assert_problem(answer, 400, "validation_error")

    def test_only_by_who_administers_the_account(self):
        both = person("both", "hdts:employee", "tts:agent")
        answer = client_of(self.hedda).patch(f"{URL}{both.pk}/", {"name": "x"})
        assert_problem(answer, 403, "user_not_administered")
        assert_problem(client_of(self.ada).patch(f"{URL}{self.root.pk}/", {"name": "x"}), 403, "user_not_administered")
        for by in (self.alan, self.erin):
            assert_problem(client_of(by).patch(f"{URL}{self.emil.pk}/", {"name": "x"}), 403, "permission_denied")


class SuspensionTests(CastTestCase):
    def post(self, by, user, what, body=None):
        return client_of(by).post(f"{URL}{user.pk}/{what}/", body or {})

    def suspend(self, by, user):
        return self.post(by, user, "suspension", {"reason": "investigation"})

    def test_a_suspended_account_is_closed_and_opened_again(self):
        api, pair = signed_in(self.erin)
        self.assertEqual(self.suspend(self.hedda, self.erin).json()["state"], "suspended")
        assert_problem(api.get("/api/v1/me/"), 401, "token_revoked")
        credentials = {"username": "erin", "password": PASSWORD}
        refused = self.client.post("/api/v1/token/", credentials, "application/json")
        assert_problem(refused, 401, "invalid_credentials")
        self.assertEqual(published("user.revoked.v1")[-1]["change"]["reason"], "suspended")
        self.assertFalse(published("user.changed.v1")[-1]["data"]["is_active"])
        self.assertEqual(AuditEntry.objects.get(event="user_suspended").detail, {"reason": "investigation"})

        self.assertEqual(self.post(self.hedda, self.erin, "reactivation").json()["state"], "active")
        self.assertEqual(self.client.post("/api/v1/token/", credentials, "application/json").status_code, 200)
        assert_problem(api.get("/api/v1/me/"), 401, "token_revoked")
        body = {"refresh": pair.refresh}
        assert_problem(self.client.post("/api/v1/token/refresh/", body, "application/json"), 401, "refresh_invalid")

    def test_conflicts(self):
        self.suspend(self.ada, self.erin)
        assert_problem(self.suspend(self.ada, self.erin), 409, "user_already_inactive")
        self.assertEqual(self.post(self.ada, self.erin, "deactivation").json()["state"], "deactivated")
        assert_problem(self.suspend(self.ada, self.erin), 409, "user_already_inactive")
        self.post(self.ada, self.erin, "reactivation")
        assert_problem(self.post(self.ada, self.erin, "reactivation"), 409, "user_already_active")
        assert_problem(self.suspend(self.ada, self.ada), 409, "own_account")

    def test_only_by_who_administers_the_account(self):
        both = person("both", "hdts:employee", "tts:agent")
        for what in ("suspension", "reactivation"):
            answer = self.post(self.hedda, both, what, {"reason": "x"} if what == "suspension" else {})
            assert_problem(answer, 403, "user_not_administered")
            answer = self.post(self.amos, self.erin, what, {"reason": "x"} if what == "suspension" else {})
            assert_problem(answer, 404, "not_found")

    def test_another_systems_admin_administers_who_has_no_role_elsewhere(self):
        anna, both = person("anna", "ams:admin"), person("both", "ams:admin", "hdts:employee")
        self.assertEqual(self.suspend(self.amos, anna).status_code, 200)
        assert_problem(self.suspend(self.amos, both), 403, "user_not_administered")


class BootstrapTests(CastTestCase):
    def run_command(self, **options):
        output = StringIO()
        call_command("bootstrap_admin", email="first@example.com", stdout=output, **options)
        return output.getvalue()

    def test_the_first_superuser_comes_by_a_link(self):
        self.root.delete()
        [token] = re.findall(r"^http://localhost:8003/invitation#token=(\S+)$", self.run_command(), re.MULTILINE)
        body = {"token": token, "password": PASSWORD}
        self.assertEqual(self.client.post("/api/v1/invitations/acceptance/", body, "application/json").status_code, 200)
        body = {"username": "first@example.com", "password": PASSWORD}
        self.assertEqual(self.client.post("/api/v1/token/", body, "application/json").status_code, 200)
        self.assertTrue(User.objects.get(email="first@example.com").is_superuser)

    def test_who_lost_the_link_gets_another_until_there_is_a_password(self):
        self.root.delete()
        first, second = self.run_command(), self.run_command()
        self.assertEqual(User.objects.filter(is_superuser=True).count(), 1)
        for said, status in ((first, 400), (second, 200)):
            body = {"token": said.strip().partition("#token=")[2], "password": PASSWORD}
            answer = self.client.post("/api/v1/invitations/acceptance/", body, "application/json")
            self.assertEqual(answer.status_code, status, answer.content)
        with self.assertRaisesMessage(CommandError, "There is a superuser already"):
            self.run_command()

    def test_there_is_only_one_first(self):
        with self.assertRaisesMessage(CommandError, "There is a superuser already"):
            self.run_command()

    def test_a_taken_name_is_said(self):
        self.root.delete()
        with self.assertRaisesMessage(CommandError, "already exists"):
            self.run_command(username="erin")
