"""Changing a password, and setting one by a link from a mail."""

import re
import time
from unittest import mock

from django.core import mail

from eventbus.models import Job
from eventbus.testing import published, run_jobs
from servicekit.testing import assert_problem
from users import tasks
from users.models import AuditEntry, OneTimeLink, Session, User
from users.services import passwords
from users.services.links import link_create
from users.tests.cast import PASSWORD, CastTestCase, client_of, later, person, signed_in

NEW = "a battery of correct horses"
# Two counters, the audit entry and the job, in one transaction.
QUERIES = 6
RESET = "/api/v1/password-reset/"
CONFIRM = "/api/v1/password-reset/confirmation/"


class PasswordTestCase(CastTestCase):
    def post(self, path, body, **headers):
        return self.client.post(path, body, "application/json", **headers)

    def sign_in(self, password, username="erin"):
        return self.post("/api/v1/token/", {"username": username, "password": password}).status_code

    def link(self):
        """The link of the last mail and its token."""
        [link] = re.findall(r"^https?://\S+$", mail.outbox[-1].body, re.MULTILINE)
        return link, link.partition("#token=")[2]


class ChangeTests(PasswordTestCase):
    def change(self, api, current=PASSWORD, new=NEW):
        return api.post("/api/v1/me/password/", {"current_password": current, "new_password": new})

    def test_every_session_ends_and_a_new_one_begins(self):
        (api, pair), (other, _) = signed_in(self.erin), signed_in(self.erin)
        response = self.change(api)
        self.assertEqual((response.status_code, response["Cache-Control"]), (200, "no-store"))
        for ended in (api, other):
            assert_problem(ended.get("/api/v1/me/"), 401, "token_revoked")
        assert_problem(self.post("/api/v1/token/refresh/", {"refresh": pair.refresh}), 401, "refresh_invalid")
        api.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['access']}")
        self.assertEqual(api.get("/api/v1/me/").status_code, 200)
        self.assertEqual((self.sign_in(PASSWORD), self.sign_in(NEW)), (401, 200))
        self.assertEqual(published("user.revoked.v1")[-1]["change"]["reason"], "password_changed")

    def test_the_owner_is_told(self):
        self.change(client_of(self.erin))
        run_jobs()
        self.assertEqual(
            (mail.outbox[0].to, mail.outbox[0].subject), (["erin@example.com"], "Your password was changed")
        )

    def test_a_wrong_password_changes_nothing_and_is_no_401(self):
        api = client_of(self.erin)
        assert_problem(self.change(api, current="wrong"), 403, "password_wrong")
        self.assertEqual((api.get("/api/v1/me/").status_code, self.sign_in(PASSWORD)), (200, 200))
        self.assertTrue(AuditEntry.objects.filter(event="password_refused", user_id=self.erin.pk).exists())

    def test_guesses_are_slowed_down(self):
        api = client_of(self.erin)
        with (
            mock.patch("users.services.reauthentication.password_matches", return_value=False),
            mock.patch("users.services.throttle.time.time", return_value=time.time()),
        ):
            for _ in range(6):
                assert_problem(self.change(api, current="wrong"), 403, "password_wrong")
            assert_problem(self.change(api), 429, "too_many_attempts")

    def test_a_weak_password_is_refused(self):
        for weak in ("password", "short", "erin@example.com"):
            body = assert_problem(self.change(client_of(self.erin), new=weak), 400, "validation_error")
            self.assertEqual({error["field"] for error in body["errors"]}, {"new_password"})
        self.assertEqual(self.sign_in(PASSWORD), 200)

    def test_a_change_during_the_check_wins(self):
        api = client_of(self.erin)

        def check(user, password):
            User.objects.filter(pk=user.pk).update(token_version=7)
            return True

        with mock.patch("users.services.reauthentication.password_matches", check):
            assert_problem(self.change(api), 403, "password_wrong")

    def test_links_from_before_are_void(self):
        link_create(user=self.erin, purpose=OneTimeLink.Purpose.PASSWORD_RESET)
        self.change(client_of(self.erin))
        self.assertFalse(OneTimeLink.objects.exists())


class ResetTests(PasswordTestCase):
    def ask(self, email="erin@example.com", **headers):
        return self.post(RESET, {"email": email}, **headers)

    def asked(self):
        self.ask()
        run_jobs()
        return self.link()[1]

    def confirm(self, token, password=NEW):
        return self.post(CONFIRM, {"token": token, "password": password})

    def test_the_way_back_in(self):
        api, _ = signed_in(self.erin)
        self.assertEqual(self.ask("Erin@Example.COM").status_code, 202)
        self.assertEqual(mail.outbox, [])
        run_jobs()
        self.assertEqual(mail.outbox[0].to, ["erin@example.com"])
        self.assertEqual(self.confirm(self.link()[1]).status_code, 200)
        self.assertEqual((self.sign_in(PASSWORD), self.sign_in(NEW)), (401, 200))
        assert_problem(api.get("/api/v1/me/"), 401, "token_revoked")
        run_jobs()
        self.assertEqual(mail.outbox[-1].subject, "Your password was changed")

    def test_known_unknown_and_closed_accounts_look_and_cost_the_same(self):
        User.objects.filter(pk=self.emil.pk).update(is_active=False)
        answers = []
        for address in ("erin@example.com", "nobody@example.com", "emil@example.com"):
            with self.assertNumQueries(QUERIES):
                response = self.ask(address)
            answers.append((response.status_code, response.content))
        self.assertEqual(answers, [(202, b"{}")] * 3)
        run_jobs()
        self.assertEqual([message.to for message in mail.outbox], [["erin@example.com"]])

    def test_asking_again_and_again_is_slowed_down_alike(self):
        with mock.patch("users.services.throttle.time.time", return_value=1_000_000.0):
            for address in ("erin@example.com", "nobody@example.com"):
                self.assertEqual([self.ask(address).status_code for _ in range(5)], [202] * 4 + [429])

    def test_the_link_is_the_configured_one_whatever_the_host_is_called(self):
        with self.settings(ALLOWED_HOSTS=["*"], AUTH_PUBLIC_URL="https://desk.example.com"):
            self.ask(HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
            run_jobs()
        self.assertTrue(self.link()[0].startswith("https://desk.example.com/password-reset#token="))
        self.assertNotIn("evil", mail.outbox[0].body)

    def test_a_link_works_once(self):
        token = self.asked()
        self.confirm(token)
        assert_problem(self.confirm(token, "another battery of horses"), 400, "link_invalid")
        self.assertEqual(self.sign_in(NEW), 200)

    def test_a_link_works_for_half_an_hour(self):
        token = self.asked()
        with later(minutes=31):
            assert_problem(self.confirm(token), 400, "link_invalid")

    def test_a_newer_link_voids_the_one_before(self):
        first, second = self.asked(), self.asked()
        assert_problem(self.confirm(first), 400, "link_invalid")
        self.assertEqual(self.confirm(second).status_code, 200)

    def test_a_link_opens_nothing_of_a_closed_account(self):
        token = self.asked()
        User.objects.update(is_active=False)
        assert_problem(self.confirm(token), 400, "link_invalid")

    def test_a_link_serves_one_purpose_and_is_no_token(self):
        token = self.asked()
        body = {"token": token, "password": NEW}
        assert_problem(self.post("/api/v1/invitations/acceptance/", body), 400, "link_invalid")
        assert_problem(self.post("/api/v1/token/refresh/", {"refresh": token}), 401, "refresh_invalid")
        assert_problem(self.post("/api/v1/token/verify/", {"token": token}), 401, "token_invalid")
        assert_problem(self.confirm("x" * 43), 400, "link_invalid")

    def test_a_weak_password_leaves_the_link_good(self):
        token = self.asked()
        assert_problem(self.confirm(token, "password"), 400, "validation_error")
        self.assertEqual(self.confirm(token).status_code, 200)

    def test_the_token_is_stored_nowhere(self):
        token = self.asked()
        self.assertNotIn(token, str(list(OneTimeLink.objects.values())) + str(list(Job.objects.values())))
        self.assertNotIn(token, str(published()) + str(list(AuditEntry.objects.values())))

    def test_a_mail_server_that_is_away_is_tried_again(self):
        self.ask()
        with mock.patch("users.mails.EmailMessage.send", side_effect=OSError):
            run_jobs()
        self.assertEqual(Job.objects.get(kind="password_reset").state, Job.State.PENDING)
        passwords.password_reset_send(email="erin@example.com")
        self.assertEqual(self.confirm(self.link()[1]).status_code, 200)

    def test_line_breaks_in_a_name_make_no_header(self):
        User.objects.filter(pk=self.erin.pk).update(name="Erin\r\nBcc: everyone@example.com")
        self.asked()
        message = mail.outbox[0].message()
        self.assertEqual((message["To"], message["Bcc"]), ("erin@example.com", None))

    def test_no_session_begins(self):
        self.confirm(self.asked())
        self.assertFalse(Session.objects.exists())


class InvitationTests(PasswordTestCase):
    def test_an_invited_person_sets_the_first_password(self):
        newcomer = person("newcomer", "hdts:employee")
        token = link_create(user=newcomer, purpose=OneTimeLink.Purpose.INVITATION).partition("#token=")[2]
        body = {"token": token, "password": NEW}
        with later(days=2):
            self.assertEqual(self.post("/api/v1/invitations/acceptance/", body).status_code, 200)
            assert_problem(self.post("/api/v1/invitations/acceptance/", body), 400, "link_invalid")
        self.assertEqual(self.sign_in(NEW, "newcomer"), 200)

    def test_expired_links_are_purged(self):
        link_create(user=self.erin, purpose=OneTimeLink.Purpose.INVITATION)
        with later(days=4):
            tasks.purge()
        self.assertFalse(OneTimeLink.objects.exists())
