"""The services' own tokens."""

from unittest import mock

from jwtauth.claims import verify
from servicekit.testing import assert_problem
from servicekit.testing.events import validator
from users.models import AuditEntry, ServiceClient
from users.services.service_clients import service_client_set
from users.tests.cast import PASSWORD, CastTestCase, claims_of, client_of, service_client_of, signed_in

SECRET = "a-secret-of-forty-characters-for-testing"


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
        entry = AuditEntry.objects.filter(event="service_signed_in").latest("id")
        self.assertEqual(entry.detail, {"client_id": "workflow-api", "audience": "ticket-service"})

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


class CrudTests(CastTestCase):
    """Root looks after the services' credentials."""

    def setUp(self):
        self.enterContext(
            mock.patch("users.services.reauthentication.password_matches", lambda _, text: text == PASSWORD)
        )
        self.api = client_of(self.root)

    def make(self, **changes):
        asked = {"client_id": "reports", "scopes": ["events:read"], "password": PASSWORD}
        return self.api.post("/api/v1/service-clients/", {**asked, **changes})

    def token(self, secret):
        body = {"client_id": "reports", "client_secret": secret, "audience": "auth-service"}
        return self.client.post("/api/v1/token/service/", body, "application/json")

    def test_the_secret_is_shown_once_and_works(self):
        answer = self.make()
        self.assertEqual((answer.status_code, answer["Cache-Control"]), (201, "no-store"))
        made = answer.json()
        url = f"/api/v1/service-clients/{made['id']}/"
        self.assertEqual(self.api.get(url).json()["last_used_at"], None)
        self.assertEqual(verify(self.token(made["client_secret"]).json()["access"]).scopes, {"events:read"})
        shown = self.api.get(url).json()
        self.assertIsNotNone(shown["last_used_at"])
        self.assertEqual(set(made) - set(shown), {"client_secret"})
        self.assertEqual(self.api.get("/api/v1/service-clients/").json()["results"], [shown])
        stored = str([list(ServiceClient.objects.values()), list(AuditEntry.objects.values())])
        self.assertNotIn(made["client_secret"], stored)

    def test_the_password_is_asked_for(self):
        assert_problem(self.make(password="wrong"), 403, "password_wrong")
        self.assertFalse(ServiceClient.objects.filter(client_id="reports").exists())

    def test_a_new_secret_voids_the_one_before(self):
        made = self.make().json()
        url = f"/api/v1/service-clients/{made['id']}/secret/"
        assert_problem(self.api.post(url, {"password": "wrong"}), 403, "password_wrong")
        answer = self.api.post(url, {"password": PASSWORD})
        self.assertEqual(answer["Cache-Control"], "no-store")
        assert_problem(self.token(made["client_secret"]), 401, "client_invalid")
        self.assertEqual(self.token(answer.json()["client_secret"]).status_code, 200)

    def test_closed_opened_narrowed_deleted(self):
        made = self.make().json()
        url, secret = f"/api/v1/service-clients/{made['id']}/", made["client_secret"]
        self.assertEqual(self.api.patch(url, {"is_active": False}).json()["is_active"], False)
        assert_problem(self.token(secret), 401, "client_invalid")
        self.assertEqual(self.api.patch(url, {"is_active": True, "scopes": []}).json()["scopes"], [])
        access = self.token(secret).json()["access"]
        self.assertEqual(verify(access).scopes, frozenset())
        self.assertEqual(self.api.delete(url).status_code, 204)
        assert_problem(self.token(secret), 401, "client_invalid")
        self.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access}"
        assert_problem(self.client.get("/internal/events"), 401, "token_revoked")
        events = AuditEntry.objects.filter(event__startswith="service_client_").order_by("id")
        self.assertEqual(
            [(entry.event, entry.actor["name"]) for entry in events],
            [(f"service_client_{what}", "Root") for what in ("created", "changed", "changed", "deleted")],
        )

    def test_what_makes_no_sense_is_refused(self):
        self.make()
        for changes in (
            {},
            {"client_id": "Has Spaces"},
            {"scopes": ["everything"]},
            {"client_id": "new", "secret_hash": "x"},
            {"client_id": "new", "is_active": True},
        ):
            with self.subTest(changes):
                assert_problem(self.make(**changes), 400, "validation_error")
