"""Erin moves to another address; a thief of her token does not move her there."""

import re
from unittest import mock

from django.core import mail

from eventbus.testing import published, run_jobs
from servicekit.testing import assert_problem
from users.models import AuditEntry, OneTimeLink, User
from users.services.accounts import user_update
from users.services.links import link_create
from users.tests.cast import PASSWORD, CastTestCase, client_of, later

LINK = re.compile(r"^http://localhost:8003/email-change#token=(\S+)$", re.MULTILINE)


class EmailChangeTests(CastTestCase):
    def setUp(self):
        self.enterContext(
            mock.patch("users.services.reauthentication.password_matches", lambda _, text: text == PASSWORD)
        )
        self.api = client_of(self.erin)

    def ask(self, email, password=PASSWORD):
        return self.api.post("/api/v1/me/email/", {"email": email, "password": password})

    def link(self, email="New@example.com"):
        self.assertEqual(self.ask(email).status_code, 202)
        run_jobs()
        return next(found for message in mail.outbox for found in LINK.findall(message.body))

    def confirm(self, token):
        return self.client.post("/api/v1/email-change/confirmation/", {"token": token}, "application/json")

    def address(self):
        return User.objects.get(pk=self.erin.pk).email

    def test_it_counts_once_confirmed_from_the_new_mailbox(self):
        token = self.link()
        told = {message.to[0]: message.subject for message in mail.outbox}
        self.assertEqual(told, {
            "new@example.com": "Confirm your new address",
            "erin@example.com": "Another e-mail address for your account",
        })  # fmt: skip
        self.assertEqual(self.address(), "erin@example.com")
        self.assertEqual(self.confirm(token).status_code, 200)
        self.assertEqual(self.address(), "new@example.com")
        self.assertEqual(published("user.changed.v1")[-1]["data"]["email"], "new@example.com")
        self.assertTrue(AuditEntry.objects.filter(event="email_changed", user_id=self.erin.pk).exists())
        run_jobs()
        self.assertEqual(
            (mail.outbox[-1].to, mail.outbox[-1].subject), (["erin@example.com"], "Your e-mail address was changed")
        )

    def test_the_password_is_asked_for(self):
        assert_problem(self.ask("new@example.com", "wrong"), 403, "password_wrong")
        run_jobs()
        self.assertEqual(mail.outbox, [])

    def test_a_link_works_once_and_for_an_hour(self):
        token = self.link()
        with later(minutes=61):
            assert_problem(self.confirm(token), 400, "link_invalid")
        self.assertEqual(self.confirm(token).status_code, 200)
        assert_problem(self.confirm(token), 400, "link_invalid")

    def test_a_taken_address_answers_the_same_and_nothing_is_sent_there(self):
        self.assertEqual(self.ask("emil@example.com").json(), self.ask("free@example.com").json())
        run_jobs()
        self.assertEqual({m.to[0] for m in mail.outbox}, {"free@example.com", "erin@example.com"})

    def test_an_address_that_was_taken_meanwhile(self):
        token = self.link()
        user_update(user=self.emil, email="new@example.com")
        assert_problem(self.confirm(token), 400, "link_invalid")
        self.assertEqual(self.address(), "erin@example.com")

    def test_links_that_went_to_the_old_address_are_void(self):
        reset = link_create(user=self.erin, purpose=OneTimeLink.Purpose.PASSWORD_RESET).partition("#token=")[2]
        self.confirm(self.link())
        body = {"token": reset, "password": "another good password"}
        answer = self.client.post("/api/v1/password-reset/confirmation/", body, "application/json")
        assert_problem(answer, 400, "link_invalid")

    def test_no_link_serves_another_purpose(self):
        token = self.link()
        body = {"token": token, "password": "another good password"}
        for path in ("password-reset/confirmation/", "invitations/acceptance/"):
            assert_problem(self.client.post(f"/api/v1/{path}", body, "application/json"), 400, "link_invalid")
        reset = link_create(user=self.erin, purpose=OneTimeLink.Purpose.PASSWORD_RESET).partition("#token=")[2]
        assert_problem(self.confirm(reset), 400, "link_invalid")
        self.assertEqual(self.address(), "erin@example.com")

    def test_a_closed_account_keeps_its_address(self):
        token = self.link()
        User.objects.filter(pk=self.erin.pk).update(is_active=False)
        assert_problem(self.confirm(token), 400, "link_invalid")

    def test_what_is_no_address(self):
        for email in ("nonsense", "a@b\r\nBcc: c@example.com", ""):
            assert_problem(self.ask(email), 400, "validation_error")


class ProfileTests(CastTestCase):
    def edit(self, **body):
        return client_of(self.erin).patch("/api/v1/me/", body)

    def test_name_and_zone_are_ones_own(self):
        answer = self.edit(name="Erin E.", time_zone="Asia/Tokyo")
        self.assertEqual((answer.json()["name"], answer.json()["time_zone"]), ("Erin E.", "Asia/Tokyo"))
        self.assertEqual(published("user.changed.v1")[-1]["data"]["name"], "Erin E.")
        entry = AuditEntry.objects.get(event="profile_changed")
        self.assertEqual((entry.detail, entry.actor["id"]), ({"fields": ["name", "time_zone"]}, str(self.erin.pk)))

    def test_nothing_else_is(self):
        fields = {field.name for field in User._meta.get_fields()} - {"name", "time_zone"}
        for field in sorted(fields | {"is_staff", "roles", "state"}):
            with self.subTest(field):
                assert_problem(self.edit(**{field: "x"}), 400, "validation_error")

    def test_what_makes_no_sense_is_refused(self):
        for body in ({"name": ""}, {"name": "a\r\nb"}, {"time_zone": "Mars/Olympus"}):
            assert_problem(self.edit(**body), 400, "validation_error")
