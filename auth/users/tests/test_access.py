"""Every route and every kind of caller. A route without a line here fails."""

from django.db import transaction
from rest_framework.test import APIClient

from servicekit.testing import urlconf_routes
from users.models import Session
from users.tests.cast import (
    CastTestCase,
    client_of,
    person,
    personal_token,
    registration,
    role,
    script_of,
    service_client,
    service_client_of,
)

CALLERS = ("anonymous", "charlie", "erin", "alan", "cora", "ada", "hedda", "amos", "root", "service")
# Astrid manages assets and Bud budgets, Bea administers bms: they may what these may, here, and no more.
LIKE = {"astrid": "alan", "bud": "alan", "bea": "amos"}


def everyone(status):
    """The same for all callers."""
    return dict.fromkeys(CALLERS, status)


def only(status, *callers):
    """This status for these callers; anyone else signed in is 403, and 401 who is not."""
    return {**everyone(403), "anonymous": 401, **dict.fromkeys(callers, status)}


# What the probes find is not the matter here, only that anyone may ask.
HEALTH = (200, 503)
USERS = ("charlie", "erin", "alan", "cora", "ada", "hedda", "amos", "root")
ADMINS = ("ada", "hedda", "amos", "root")
SEE_PEOPLE = ("alan", "cora", *ADMINS)
# Amos is an admin, but Emil holds no role of ams: for him Emil does not exist.
ON_EMIL = {"amos": 404}
# Where an {id} is wanted, Emil's is given, an Employee's, and of things the one in `targets`. An empty body is sent:
# where one is needed, 400 says that the door was open.
TABLE = {
    ("GET", "/livez"): everyone(HEALTH),
    ("GET", "/readyz"): everyone(HEALTH),
    ("GET", "/startupz"): everyone(HEALTH),
    ("GET", "/health/"): everyone(HEALTH),
    ("GET", "/api/health/"): everyone(HEALTH),
    ("GET", "/metrics"): everyone(404),  # asks for HEALTHCHECK_TOKEN
    ("GET", "/api/schema/"): everyone(200),
    ("GET", "/api/docs/"): everyone(200),
    ("GET", "/api/docs/{}.{}"): everyone(404),  # no such file
    ("GET", "/internal/events"): only(200, "service"),
    ("POST", "/internal/requesters/"): only(403),  # of requesters:create, see test_requesters
    ("GET", "/.well-known/jwks.json"): everyone(200),
    ("POST", "/api/v1/token/"): everyone(400),
    ("POST", "/api/v1/token/totp/"): everyone(400),
    ("POST", "/api/v1/token/passkey/"): everyone(400),
    ("POST", "/api/v1/token/passkey/options/"): everyone(200),
    ("POST", "/api/v1/token/refresh/"): everyone(400),
    ("POST", "/api/v1/token/verify/"): everyone(400),
    ("POST", "/api/v1/token/blacklist/"): everyone(400),
    ("POST", "/api/v1/token/service/"): everyone(400),
    ("POST", "/api/v1/token/personal/"): everyone(400),
    ("DELETE", "/api/v1/token/refresh/"): everyone(204),
    ("POST", "/api/v1/registrations/"): everyone(400),
    ("GET", "/api/v1/registrations/"): only(200, "hedda", "root"),
    ("GET", "/api/v1/registrations/availability/"): everyone(200),
    ("POST", "/api/v1/registrations/confirmation/"): everyone(400),
    ("POST", "/api/v1/registrations/{}/approval/"): only(201, "hedda", "root"),
    ("POST", "/api/v1/registrations/{}/refusal/"): only(400, "hedda", "root"),
    ("POST", "/api/v1/email-change/confirmation/"): everyone(400),
    ("POST", "/api/v1/password-reset/"): everyone(400),
    ("POST", "/api/v1/password-reset/confirmation/"): everyone(400),
    ("POST", "/api/v1/invitations/acceptance/"): everyone(400),
    ("GET", "/api/v1/sessions/"): only(200, *USERS),
    ("DELETE", "/api/v1/sessions/{}/"): only(404, *USERS),  # Emil's, who does not call
    ("POST", "/api/v1/sessions/revocation/"): only(200, *USERS),
    ("GET", "/api/v1/me/"): only(200, *USERS),
    ("PATCH", "/api/v1/me/"): only(200, *USERS),
    ("POST", "/api/v1/me/email/"): only(400, *USERS),
    ("GET", "/api/v1/me/access-tokens/"): only(200, *USERS),
    ("POST", "/api/v1/me/access-tokens/"): only(400, *USERS),
    ("DELETE", "/api/v1/me/access-tokens/{}/"): only(404, *USERS),  # Emil's, who does not call
    ("GET", "/api/v1/service-clients/"): only(200, "root"),
    ("POST", "/api/v1/service-clients/"): only(400, "root"),
    ("GET", "/api/v1/service-clients/{}/"): only(200, "root"),
    ("PATCH", "/api/v1/service-clients/{}/"): only(200, "root"),
    ("DELETE", "/api/v1/service-clients/{}/"): only(204, "root"),
    ("POST", "/api/v1/service-clients/{}/secret/"): only(400, "root"),
    ("POST", "/api/v1/me/password/"): only(400, *USERS),
    ("GET", "/api/v1/systems/"): only(200, *USERS),
    ("GET", "/api/v1/me/totp/"): only(200, *USERS),
    ("POST", "/api/v1/me/totp/"): only(400, *USERS),
    ("POST", "/api/v1/me/totp/confirmation/"): only(400, *USERS),
    ("POST", "/api/v1/me/totp/removal/"): only(400, *USERS),
    ("POST", "/api/v1/me/totp/recovery-codes/"): only(409, *USERS),
    ("GET", "/api/v1/me/passkeys/"): only(200, *USERS),
    ("POST", "/api/v1/me/passkeys/"): only(400, *USERS),
    ("POST", "/api/v1/me/passkeys/options/"): only(400, *USERS),
    ("POST", "/api/v1/me/passkeys/confirmation/"): only(409, *USERS),  # they have none
    ("GET", "/api/v1/me/passkeys/{}/"): only(404, *USERS),
    ("PATCH", "/api/v1/me/passkeys/{}/"): only(400, *USERS),
    ("POST", "/api/v1/me/passkeys/{}/removal/"): only(400, *USERS),
    ("POST", "/api/v1/systems/"): only(400, "root"),
    ("GET", "/api/v1/systems/{}/"): only(200, *USERS),
    ("PATCH", "/api/v1/systems/{}/"): only(400, "root"),
    ("DELETE", "/api/v1/systems/{}/"): only(409, "root"),
    ("GET", "/api/v1/roles/"): only(200, *USERS),
    ("POST", "/api/v1/roles/"): only(400, *ADMINS),
    ("GET", "/api/v1/roles/{}/"): only(200, *USERS),
    ("PATCH", "/api/v1/roles/{}/"): only(200, "hedda", "root"),  # of hdts
    ("GET", "/api/v1/role-assignments/"): only(200, *ADMINS),
    ("POST", "/api/v1/role-assignments/"): only(400, *ADMINS),
    ("DELETE", "/api/v1/role-assignments/{}/"): only(204, "hedda", "root") | {"ada": 404, "amos": 404},
    ("GET", "/api/v1/users/"): only(200, *SEE_PEOPLE),
    ("POST", "/api/v1/users/"): only(400, *ADMINS),
    ("GET", "/api/v1/users/{}/"): only(200, *SEE_PEOPLE) | ON_EMIL,
    ("PATCH", "/api/v1/users/{}/"): only(200, *ADMINS) | ON_EMIL,
    ("POST", "/api/v1/users/{}/invitation/"): only(202, *ADMINS) | ON_EMIL,
    ("POST", "/api/v1/users/{}/deactivation/"): only(200, *ADMINS) | ON_EMIL,
    ("POST", "/api/v1/users/{}/suspension/"): only(400, *ADMINS),
    ("POST", "/api/v1/users/{}/reactivation/"): only(409, *ADMINS) | ON_EMIL,
    ("POST", "/api/v1/users/{}/sessions/revocation/"): only(200, *ADMINS) | ON_EMIL,
    ("POST", "/api/v1/users/{}/totp-removal/"): only(409, *ADMINS) | ON_EMIL,
    ("GET", "/api/v1/audit-log/"): only(200, "ada", "root"),
    ("GET", "/api/v1/failed-jobs/"): only(200, "ada", "root"),
    ("POST", "/api/v1/failed-jobs/{}/retry/"): only(404, "ada", "root"),  # none has failed
    ("GET", "/api/v1/access/explain/"): only(400, *USERS),
}
# Not for a superuser's script either, whatever its scopes: it makes no credentials, and ends nobody's sessions.
NO_SCRIPT = {
    route
    for route in TABLE
    if route[1].startswith(("/api/v1/me/", "/api/v1/sessions/", "/api/v1/service-clients/"))
    and route[1] != "/api/v1/me/"
}


class AccessTests(CastTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.astrid, cls.bud = person("astrid", "tts:asset-manager"), person("bud", "tts:budget-manager")
        cls.bea = person("bea", "bms:admin")
        cls.registration = registration("zoe", state="pending")
        cls.token, _ = personal_token(cls.emil)
        cls.service_client = service_client("reports")

    def callers(self):
        people = {name: client_of(getattr(self, name)) for name in (*USERS, *LIKE)}
        programs = {
            "service": service_client_of("workflow-api"),
            "script": script_of(self.root, "auth-service:write"),
        }
        return {"anonymous": APIClient(), **people, **programs}

    def url(self, path):
        """The path with the id of what its route is about."""
        targets = {
            "sessions": Session.objects.filter(user=self.emil).first(),
            "systems": role("hdts:employee").system,
            "roles": role("hdts:employee"),
            "role-assignments": self.emil.assignments.get(),
            "registrations": self.registration,
            "me": self.token,
            "service-clients": self.service_client,
        }
        target = targets.get(path.split("/")[3]) if path.startswith("/api/v1/") else None
        return path.replace("{}", str((target or self.emil).pk))

    def status(self, client, method, path):
        """The answer's status; what it changed is undone."""
        with transaction.atomic():
            response = client.generic(method, path, "{}", "application/json")
            transaction.set_rollback(True)
        return response.status_code

    def test_every_route_has_its_line(self):
        # The pages of the operators' site have a table of their own: test_operator_site.
        api = {route for route in urlconf_routes() if not route[1].startswith("/admin/")}
        self.assertEqual(api, set(TABLE))

    def test_table(self):
        client_of(self.emil)
        callers = self.callers()
        for (method, path), line in TABLE.items():
            url = self.url(path)
            script = 403 if (method, path) in NO_SCRIPT else line["root"]
            expected = {**line, **{name: line[other] for name, other in LIKE.items()}, "script": script}
            for name, client in callers.items():
                with self.subTest(f"{method} {path} as {name}"):
                    allowed = expected[name] if isinstance(expected[name], tuple) else (expected[name],)
                    self.assertIn(self.status(client, method, url), allowed)

    def test_other_methods_are_closed(self):
        root = client_of(self.root)
        for path in {path for _, path in TABLE}:
            url = self.url(path)
            for other in {"POST", "PUT", "PATCH", "DELETE"} - {method for method, same in TABLE if same == path}:
                with self.subTest(f"{other} {path}"):
                    self.assertIn(self.status(root, other, url), (403, 404, 405))

    def test_no_header_or_parameter_makes_it_another_method(self):
        """A proxy lets GET and POST through and stops DELETE: what is asked for is what the request line says."""
        root = client_of(self.root)
        for method, path in sorted(TABLE):
            for sent in {"GET", "POST"} - {other for other, same in TABLE if same == path}:
                names = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
                with self.subTest(f"{sent} {path} as {method}"), transaction.atomic():
                    url, headers = f"{self.url(path)}?_method={method}", dict.fromkeys(names, method)
                    answer = root.generic(sent, url, "{}", "application/json", headers=headers)
                    transaction.set_rollback(True)
                    self.assertIn(answer.status_code, (403, 404, 405))
