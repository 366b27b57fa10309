"""The services' own tokens."""

from unittest import mock

import jwt

from jwtauth.claims import verify
from servicekit.testing import assert_problem
from servicekit.testing.events import validator
from users.models import AuditEntry, ServiceClient
from users.services.service_clients import service_client_set
from users.tests.cast import CastTestCase, service_client_of, signed_in

SECRET = "a-secret-of-forty-characters-for-testing"


def claims_of(token):
    """The payload, as anyone can read it."""
    return jwt.decode(token, options={"verify_signature": False})


class ServiceTokenTests(CastTestCase):
    def setUp(self):
        service_client_set(client_id="workflow-api", secret=SECRET, scopes=["events:read"])

    def ask(self, **changes):
        body = {"client_id": "workflow-api", "client_secret": SECRET, "audience": "auth-service", **changes}
        return self.client.post("/api/v1/token/service/", body, "application/json")

    def test_a_service_gets_a_token_for_one_audience(self):
        body = self.ask().json()
        self.assertEqual(body["expires_in"], 3600)
        principal = verify(body["access"])
        self.assertEqual((principal.client_id, principal.scopes), ("workflow-api", {"events:read"}))
        self.assertEqual(claims_of(self.ask(audience="ticket-service").json()["access"])["aud"], "ticket-service")

    def test_refusals(self):
        assert_problem(self.ask(client_secret="wrong"), 401, "client_invalid")
        assert_problem(self.ask(client_id="unknown"), 401, "client_invalid")
        assert_problem(self.ask(client_id="unknown", client_secret=""), 400, "validation_error")
        assert_problem(self.ask(audience="tts-suite"), 400, "audience_unknown")
        ServiceClient.objects.update(is_active=False)
        assert_problem(self.ask(), 401, "client_invalid")
        self.assertEqual(AuditEntry.objects.filter(event="service_refused").count(), 3)

    def test_a_deactivated_client_is_refused_with_its_token_too(self):
        api = service_client_of("messaging")
        url = "/internal/events"
        self.assertEqual(api.get(url).status_code, 200)
        ServiceClient.objects.update(is_active=False)
        assert_problem(api.get(url), 401, "token_revoked")

    def test_a_token_for_another_audience_opens_nothing_here(self):
        api = service_client_of("messaging", audience="ticket-service")
        assert_problem(api.get("/internal/events"), 401, "token_invalid")

    def test_guesses_from_elsewhere_do_not_lock_a_service_out(self):
        for _ in range(30):
            self.client.post(
                "/api/v1/token/service/",
                {"client_id": "workflow-api", "client_secret": "x", "audience": "auth-service"},
                "application/json",
                REMOTE_ADDR="192.0.2.1",
            )
        self.assertEqual(self.ask().status_code, 200)

    def test_guesses_are_slowed_down(self):
        with mock.patch("users.services.throttle.time.time", return_value=1_000_000.0):
            for _ in range(21):
                assert_problem(self.ask(client_secret="wrong"), 401, "client_invalid")
            assert_problem(self.ask(client_secret="wrong"), 429, "too_many_attempts")


class ClaimsTests(CastTestCase):
    """Tokens are what contracts/claims says."""

    def test_a_users_claims(self):
        claims = claims_of(signed_in(self.erin)[1].access)
        validator("claims/user.schema.json").validate(claims)
        self.assertEqual(claims["exp"] - claims["iat"], 600)
        self.assertEqual(claims["roles"], {"hdts": ["employee"]})

    def test_a_services_claims(self):
        service_client_set(client_id="workflow-api", secret=SECRET, scopes=["events:read"])
        body = {"client_id": "workflow-api", "client_secret": SECRET, "audience": "messaging"}
        answer = self.client.post("/api/v1/token/service/", body, "application/json").json()
        claims = claims_of(answer["access"])
        validator("claims/service.schema.json").validate(claims)
        self.assertEqual(claims["exp"] - claims["iat"], 3600)
