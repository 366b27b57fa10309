"""Somebody who wrote to the desk gets an account that nobody can sign in to yet."""

from django.core import mail

from eventbus.testing import run_jobs
from servicekit.testing import assert_problem
from users.models import AuditEntry, User
from users.tests.cast import CastTestCase, client_of, service_client_of

PATH = "/internal/requesters/"


class Requesters(CastTestCase):
    def setUp(self):
        self.messaging = service_client_of("messaging", scopes=["requesters:create"])

    def test_an_unknown_sender_gets_an_account_without_a_password(self):
        response = self.messaging.post(PATH, {"email": "New.One@Example.com", "name": "New One"})
        self.assertEqual(response.status_code, 201, response.content)
        user = User.objects.get(pk=response.json()["id"])
        self.assertEqual((user.email, user.name, user.is_active), ("new.one@example.com", "New One", True))
        self.assertFalse(user.has_usable_password())
        self.assertEqual([str(held.role) for held in user.assignments.all()], ["hdts:employee"])
        self.assertTrue(AuditEntry.objects.filter(event="requester_registered", user_id=user.pk).exists())

    def test_an_hdts_admin_lets_them_in_by_an_invitation(self):
        user_id = self.messaging.post(PATH, {"email": "new@example.com", "name": "New"}).json()["id"]
        self.assertEqual(client_of(self.hedda).post(f"/api/v1/users/{user_id}/invitation/").status_code, 202)

    def test_and_they_do_not_let_themselves_in_as_if_they_had_forgotten_a_password(self):
        self.messaging.post(PATH, {"email": "new@example.com", "name": "New"})
        answer = self.client.post("/api/v1/password-reset/", {"email": "new@example.com"}, "application/json")
        run_jobs()
        self.assertEqual((answer.status_code, mail.outbox), (202, []))

    def test_who_has_an_account_keeps_it(self):
        for email in ("erin@example.com", "ERIN@example.com"):
            response = self.messaging.post(PATH, {"email": email, "name": "Mallory"})
            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.json(), {"id": str(self.erin.pk), "is_active": True})
        self.erin.refresh_from_db()
        self.assertEqual(self.erin.name, "Erin Employee")

    def test_names_from_a_mail_are_harmless(self):
        for number, name in enumerate(("<script>alert(1)</script>", "\u202eevil", "Ünï Çødé", "=cmd|' /C'", "@")):
            response = self.messaging.post(PATH, {"email": f"n{number}@example.com", "name": name})
            self.assertEqual(response.status_code, 201, (name, response.content))
        self.assertFalse(User.objects.filter(name__contains="<").exists())

    def test_two_addresses_with_one_left_part_are_two_people(self):
        for domain in ("a.example", "b.example"):
            response = self.messaging.post(PATH, {"email": f"erin@{domain}", "name": "Erin"})
            self.assertEqual(response.status_code, 201)

    def test_only_who_has_the_scope(self):
        for client in (service_client_of("workflow-api"), client_of(self.hedda), client_of(self.root)):
            assert_problem(client.post(PATH, {"email": "x@example.com", "name": "X"}), 403, "permission_denied")
