"""Zoe asks for an account; Hedda approves or refuses."""

import re

from django.core import mail
from django.test import override_settings

from eventbus.testing import published, run_jobs
from servicekit.testing import assert_problem
from users.models import AuditEntry, Registration, User
from users.selectors.people import role_names
from users.services.registrations import registrations_purge
from users.tests.cast import PASSWORD, CastTestCase, client_of, later, registration

URL = "/api/v1/registrations/"
ZOE = {"username": "zoe", "email": "Zoe@Example.com", "name": "Zoe", "department": "Sales"}
TAKEN = "You have an account"
LINK = re.compile(r"^http://localhost:8003/registration#token=(\S+)$", re.MULTILINE)


class RegistrationTestCase(CastTestCase):
    def post(self, path="", **body):
        return self.client.post(f"{URL}{path}", body, "application/json")

    def ask(self, **changes):
        self.assertEqual(self.client.get(f"{URL}availability/").json(), {"open": True})
        answer = self.post(**{**ZOE, **changes})
        self.assertEqual((answer.status_code, answer.json()), (202, {}))
        run_jobs()
        return LINK.findall(mail.outbox[-1].body)

    def decide(self, what, by=None, row=None, **body):
        row = row or Registration.objects.latest("id")
        return client_of(by or self.hedda).post(f"{URL}{row.pk}/{what}/", body)


class AskingTests(RegistrationTestCase):
    def test_who_has_no_token_is_told_what_there_is_not(self):
        for method, status in (("GET", 401), ("PUT", 405), ("TRACE", 405), ("QUERY", 405)):
            self.assertEqual(self.client.generic(method, URL).status_code, status)

    def test_from_asking_to_signing_in(self):
        [token] = self.ask()
        self.assertEqual(mail.outbox[-1].to, ["zoe@example.com"])
        self.assertEqual(self.post("confirmation/", token=token).status_code, 200)
        [listed] = client_of(self.hedda).get(URL).json()["results"]
        self.assertEqual((listed["username"], listed["state"]), ("zoe", "pending"))
        answer = self.decide("approval")
        self.assertEqual((answer.status_code, answer.json()["roles"]), (201, ["hdts:employee"]))
        zoe = User.objects.get(username="zoe")
        self.assertEqual((zoe.email, zoe.department, zoe.is_superuser), ("zoe@example.com", "Sales", False))
        self.assertEqual(published("user.changed.v1")[-1]["data"]["roles"], ["hdts:employee"])
        run_jobs()
        [invitation] = re.findall(r"/invitation#token=(\S+)$", mail.outbox[-1].body, re.MULTILINE)
        body = {"token": invitation, "password": PASSWORD}
        self.assertEqual(self.client.post("/api/v1/invitations/acceptance/", body, "application/json").status_code, 200)
        body = {"username": "zoe", "password": PASSWORD}
        self.assertEqual(self.client.post("/api/v1/token/", body, "application/json").status_code, 200)

    def test_nobody_signs_in_before(self):
        [token] = self.ask()
        self.post("confirmation/", token=token)
        self.assertFalse(User.objects.filter(username="zoe").exists())

    def test_an_unconfirmed_one_is_seen_and_decided_by_nobody(self):
        self.ask()
        self.assertEqual(client_of(self.hedda).get(URL).json()["results"], [])
        assert_problem(self.decide("approval"), 404, "not_found")
        assert_problem(client_of(self.hedda).get(f"{URL}?state=unconfirmed"), 400, "validation_error")

    def test_a_taken_address_answers_the_same_and_its_owner_is_told(self):
        for email, subject in (
            ("zoe@example.com", "Confirm your address"),
            ("ERIN@example.com", "You have an account"),
        ):
            with self.subTest(email):
                found = self.ask(email=email)
                self.assertEqual((mail.outbox[-1].to, mail.outbox[-1].subject), ([email.lower()], subject))
                self.assertEqual(bool(found), subject == "Confirm your address")
        self.assertEqual([row.email for row in Registration.objects.all()], ["zoe@example.com"])

    def test_a_taken_name_answers_the_same(self):
        self.assertEqual(len(self.ask(username="erin")), 1)

    def test_nothing_that_was_typed_is_mailed_to_an_address_that_may_be_somebody_elses(self):
        self.ask(name="Visit http://evil.example now", department="http://evil.example")
        self.assertNotIn("evil", mail.outbox[-1].body + mail.outbox[-1].subject)

    def test_what_is_malformed_or_too_much_is_refused(self):
        for changes in (
            {"username": "еrin"},  # Cyrillic
            {"username": "a b"},
            {"name": "Zoe\r\nBcc: all@example.com"},
            {"email": "nonsense"},
            {"time_zone": "Mars/Olympus"},
            {"is_superuser": True},
            {"roles": ["tts:admin"]},
            {"state": "approved"},
            {"password": PASSWORD},
        ):
            with self.subTest(changes):
                assert_problem(self.post(**{**ZOE, **changes}), 400, "validation_error")
        self.assertFalse(Registration.objects.exists())

    def test_asking_again_and_again_is_slowed_down(self):
        for _ in range(4):
            self.ask()
        assert_problem(self.post(**ZOE), 429, "too_many_attempts")
        self.assertEqual(self.post(**{**ZOE, "email": "other@example.com"}).status_code, 202)

    @override_settings(REGISTRATION_OPEN=False)
    def test_where_only_administrators_make_accounts(self):
        self.assertEqual(self.client.get(f"{URL}availability/").json(), {"open": False})
        assert_problem(self.post(**ZOE), 403, "registration_closed")

    def test_an_expired_token_in_the_header_is_no_obstacle(self):
        self.client.defaults["HTTP_AUTHORIZATION"] = "Bearer nonsense"
        self.ask()


class ConfirmationTests(RegistrationTestCase):
    def test_a_link_works_once_and_for_a_day(self):
        [token] = self.ask()
        with later(hours=25):
            assert_problem(self.post("confirmation/", token=token), 400, "link_invalid")
        self.assertEqual(self.post("confirmation/", token=token).status_code, 200)
        assert_problem(self.post("confirmation/", token=token), 400, "link_invalid")
        assert_problem(self.post("confirmation/", token="x"), 400, "link_invalid")

    def test_asking_twice_leaves_one_that_waits(self):
        [first], [second] = self.ask(), self.ask()
        for token in (first, second):
            self.assertEqual(self.post("confirmation/", token=token).status_code, 200)
        self.assertEqual([row.state for row in Registration.objects.all()], ["pending"])

    def test_its_token_is_not_stored_in_clear(self):
        [token] = self.ask()
        self.assertNotIn(token, str(list(Registration.objects.values())))


class DecisionTests(RegistrationTestCase):
    def setUp(self):
        self.zoe = registration("zoe", state="pending")

    def test_a_refused_one_is_told_without_the_reason(self):
        self.assertEqual(self.decide("refusal", reason="Nobody knows her.").status_code, 200)
        run_jobs()
        self.assertEqual((mail.outbox[-1].to, mail.outbox[-1].subject), (["zoe@example.com"], "Your registration"))
        self.assertNotIn("Nobody", mail.outbox[-1].body)
        self.assertEqual(AuditEntry.objects.get(event="registration_refused").detail["reason"], "Nobody knows her.")
        self.assertFalse(User.objects.filter(username="zoe").exists())

    def test_it_is_decided_once(self):
        self.assertEqual(self.decide("approval").status_code, 201)
        assert_problem(self.decide("approval"), 409, "registration_decided")
        assert_problem(self.decide("refusal", reason="x"), 409, "registration_decided")
        self.assertEqual(AuditEntry.objects.get(event="registration_approved").actor["name"], "Hedda")
        [listed] = client_of(self.hedda).get(f"{URL}?state=approved").json()["results"]
        self.assertEqual(listed["id"], str(self.zoe.pk))

    def test_a_taken_name_can_be_another(self):
        taken = registration("erin", email="erin2@example.com", state="pending")
        assert_problem(self.decide("approval", row=taken), 400, "validation_error")
        self.assertEqual(self.decide("approval", row=taken, username="erin2").json()["username"], "erin2")

    def test_only_who_manages_employees_decides(self):
        for stranger in (self.ada, self.amos, self.cora, self.erin):
            for what in ("approval", "refusal"):
                assert_problem(self.decide(what, by=stranger, reason="x"), 403, "permission_denied")
        zoe = User.objects.filter(username="zoe")
        self.assertFalse(zoe.exists())
        self.assertEqual(self.decide("approval").status_code, 201)
        self.assertEqual(role_names(zoe.get().pk), ["hdts:employee"])

    def test_old_ones_are_purged(self):
        registration("unconfirmed")
        self.decide("refusal", row=self.zoe, reason="x")
        with later(days=2):
            self.assertEqual(registrations_purge(), 1)
        with later(days=91):
            self.assertEqual(registrations_purge(), 1)
