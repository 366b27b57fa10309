"""A thief has Erin's token and her password, and not her second factor: what would let him stay is out of reach."""

from django.core import mail

from eventbus.testing import run_jobs
from servicekit.testing import assert_problem
from users.models import PersonalAccessToken, ServiceClient, User
from users.tests.cast import PASSWORD, client_of, service_client
from users.tests.passkey_cast import PasskeyTestCase

NEW_PASSWORD = "another long password of hers"
ASKED = {
    "/api/v1/me/email/": ({"email": "new@example.com", "password": PASSWORD}, 202),
    "/api/v1/me/access-tokens/": ({"name": "backup", "scopes": ["ticket-service:read"], "password": PASSWORD}, 201),
    "/api/v1/me/password/": ({"current_password": PASSWORD, "new_password": NEW_PASSWORD}, 200),
}


class ReauthenticationTests(PasskeyTestCase):
    def setUp(self):
        super().setUp()
        self.device, self.codes = self.add(self.erin)
        run_jobs()
        mail.outbox.clear()

    def state(self):
        """What the thief is after: where links go, what scripts sign in with, what the owner signs in with."""
        erin = User.objects.get(pk=self.erin.pk)
        return erin.email, erin.password, erin.token_version, PersonalAccessToken.objects.filter(user=erin).count()

    def test_token_and_password_are_not_enough(self):
        before = self.state()
        for path, (body, _) in ASKED.items():
            with self.subTest(path):
                api = client_of(self.erin)
                assert_problem(api.post(path, body), 403, "second_factor_required")
                assert_problem(api.post(path, {**body, "code": "000000"}), 403, "code_wrong")
                stranger = self.confirmation(client_of(self.erin), self.device)  # for another session
                assert_problem(api.post(path, {**body, **stranger}), 403, "passkey_wrong")
        run_jobs()
        self.assertEqual((self.state(), mail.outbox), (before, []))

    def test_the_owner_shows_a_passkey(self):
        for path, (body, status) in ASKED.items():
            with self.subTest(path):
                api = client_of(self.erin)
                answer = api.post(path, {**body, **self.confirmation(api, self.device)})
                self.assertEqual(answer.status_code, status, answer.content)

    def test_or_a_code(self):
        for (path, (body, status)), code in zip(ASKED.items(), self.codes, strict=False):
            with self.subTest(path):
                answer = client_of(self.erin).post(path, {**body, "code": code})
                self.assertEqual(answer.status_code, status, answer.content)

    def test_nor_are_they_for_a_services_secret(self):
        device, _ = self.add(self.root)
        reports = service_client("reports", "events:read")
        for path, body in (
            ("/api/v1/service-clients/", {"client_id": "mine", "scopes": ["events:read"], "password": PASSWORD}),
            (f"/api/v1/service-clients/{reports.pk}/secret/", {"password": PASSWORD}),
        ):
            with self.subTest(path):
                api = client_of(self.root)
                assert_problem(api.post(path, body), 403, "second_factor_required")
                before = list(ServiceClient.objects.values("client_id", "secret_hash"))
                self.assertEqual(before, [{"client_id": "reports", "secret_hash": reports.secret_hash}])
                self.assertIn("client_secret", api.post(path, {**body, **self.confirmation(api, device)}).json())
                ServiceClient.objects.filter(client_id="mine").delete()

    def test_where_there_is_none_the_password_is_enough(self):
        for path, (body, status) in ASKED.items():
            with self.subTest(path):
                self.assertEqual(client_of(self.emil).post(path, body).status_code, status)
