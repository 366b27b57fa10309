"""auth: sign-in in all its ways, links from mails, second factors, and the administration of people and roles."""

import runpy
import secrets
from collections.abc import Callable
from typing import Any

import pyotp
from suite.paths import ROOT
from suite.polling import until

from tests.fuzz.cast import ROOT_ACCOUNT, Actor, Cast, link_token

# The one of auth's own tests, which knows nothing of Django; auth is a folder beside, no package to import from.
Authenticator = runpy.run_path(str(ROOT / "auth/users/tests/authenticator.py"))["Authenticator"]

USER = "/api/v1/users/{id}/"
REGISTRATIONS = "{} /api/v1/registrations/"
PASSWORD = "correct horse battery staple 7"


def reading(cast: Cast) -> None:
    cast.nobody.call("GET /.well-known/jwks.json")
    for path in ("me", "systems", "roles", "sessions", "users", "me/totp"):
        cast.admin.call(f"GET /api/v1/{path}/")
    cast.admin.call("GET /api/v1/audit-log/", query={"limit": 5})
    me = cast.employee.call("GET /api/v1/me/")["id"]
    cast.employee.call("GET /api/v1/access/explain/", query={"user": me, "role": "hdts:employee"})
    cast.admin.call(f"GET {USER}", id=me)
    cast.peer("workflow-api").call("GET /internal/events", query={"after": 0, "limit": 5})


def sign_in(cast: Cast) -> None:
    credentials = {"username": "employee", "password": cast.running.password}
    pair = cast.nobody.call("POST /api/v1/token/", credentials)
    pair = cast.nobody.call("POST /api/v1/token/refresh/", {"refresh": pair["refresh"]})
    cast.nobody.call("POST /api/v1/token/verify/", {"token": pair["access"]})
    cast.nobody.call("POST /api/v1/token/blacklist/", {"refresh": pair["refresh"]})
    cast.nobody.call("POST /api/v1/token/service/", cast.credentials("messaging", audience="ticket-service"))


def invitation_and_reset(cast: Cast) -> None:
    person = _invited(cast)
    cast.admin.call(f"PATCH {USER}", {"department": "Repairs"}, id=person["id"])
    first = _token(cast, person, "invit")
    cast.admin.call(f"POST {USER}invitation/", id=person["id"])
    until("the second invitation", lambda: _token(cast, person, "invit") != first)
    _accept(cast, person)
    cast.nobody.call("POST /api/v1/password-reset/", {"email": person["email"]})
    body = {"token": _token(cast, person, "reset"), "password": f"{PASSWORD}!"}
    cast.nobody.call("POST /api/v1/password-reset/confirmation/", body)


def sessions(cast: Cast) -> None:
    person = _invited(cast)
    _accept(cast, person)
    first, second = (_signed_in(cast, person) for _ in range(2))
    listed = first.call("GET /api/v1/sessions/")["results"]
    other = next(session for session in listed if not session["current"])
    first.call("DELETE /api/v1/sessions/{id}/", id=other["id"])
    body = {"current_password": PASSWORD, "new_password": f"{PASSWORD}?"}
    first.call("POST /api/v1/me/password/", body)
    _signed_in(cast, person, f"{PASSWORD}?").call("POST /api/v1/sessions/revocation/")
    del second


def second_factor(cast: Cast) -> None:
    person = _invited(cast)
    _accept(cast, person)
    actor = _signed_in(cast, person)
    secret = actor.call("POST /api/v1/me/totp/", {"password": PASSWORD})["secret"]
    device = pyotp.TOTP(secret)
    codes = actor.call("POST /api/v1/me/totp/confirmation/", {"code": device.now()})["recovery_codes"]
    credentials = {"username": person["username"], "password": PASSWORD}
    challenge = cast.nobody.call("POST /api/v1/token/", credentials)["challenge"]
    cast.nobody.call("POST /api/v1/token/totp/", {"challenge": challenge, "code": codes.pop()})
    codes = actor.call("POST /api/v1/me/totp/recovery-codes/", {"code": codes.pop()})["recovery_codes"]
    actor.call("POST /api/v1/me/totp/removal/", {"password": PASSWORD, "code": codes.pop()})
    actor = _signed_in(cast, person)
    secret = actor.call("POST /api/v1/me/totp/", {"password": PASSWORD})["secret"]
    actor.call("POST /api/v1/me/totp/confirmation/", {"code": pyotp.TOTP(secret).now()})
    cast.admin.call(f"POST {USER}totp-removal/", id=person["id"])


def passkeys(cast: Cast) -> None:
    person = _invited(cast)
    _accept(cast, person)
    actor, device = _signed_in(cast, person), Authenticator(origin=cast.own_page)
    password = {"password": PASSWORD}
    options = actor.call("POST /api/v1/me/passkeys/options/", password)["public_key"]
    body = {"name": "Laptop", "credential": device.create(options)}
    here = {"id": actor.call("POST /api/v1/me/passkeys/", body)["id"]}
    actor.call("GET /api/v1/me/passkeys/")
    actor.call("GET /api/v1/me/passkeys/{id}/", **here)
    actor.call("PATCH /api/v1/me/passkeys/{id}/", {"name": "Old laptop"}, **here)
    credentials = {"username": person["username"], **password}
    owed = {"challenge": cast.nobody.call("POST /api/v1/token/", credentials)["challenge"]}
    for asked in (owed, {}):
        options = cast.nobody.call("POST /api/v1/token/passkey/options/", asked)["public_key"]
        cast.nobody.call("POST /api/v1/token/passkey/", {**asked, "credential": device.get(options)})
    options = actor.call("POST /api/v1/me/passkeys/confirmation/")["public_key"]
    actor.call("POST /api/v1/me/passkeys/{id}/removal/", {**password, "passkey": device.get(options)}, **here)


def people(cast: Cast) -> None:
    person = _invited(cast)
    _accept(cast, person)
    here = {"id": person["id"]}
    cast.admin.call(f"POST {USER}sessions/revocation/", **here)
    cast.admin.call(f"POST {USER}suspension/", {"reason": "On leave."}, **here)
    cast.admin.call(f"POST {USER}reactivation/", **here)
    cast.admin.call(f"POST {USER}deactivation/", **here)


def roles(cast: Cast) -> None:
    root = cast.superuser()
    slug = _letters()
    system = root.call("POST /api/v1/systems/", {"slug": slug, "name": "Gardening"})
    here = {"id": system["id"]}
    root.call("GET /api/v1/systems/{id}/", **here)
    root.call("PATCH /api/v1/systems/{id}/", {"name": "Gardens"}, **here)
    root.call("DELETE /api/v1/systems/{id}/", **here)
    role = cast.admin.call("POST /api/v1/roles/", {"system": "tts", "slug": slug, "name": "Gardener"})
    cast.admin.call("GET /api/v1/roles/{id}/", id=role["id"])
    person = _invited(cast)
    body = {"user": person["id"], "role": f"tts:{slug}"}
    given = cast.admin.call("POST /api/v1/role-assignments/", body)
    cast.admin.call("GET /api/v1/role-assignments/", query={"user": person["id"]})
    cast.admin.call("DELETE /api/v1/role-assignments/{id}/", id=given["id"])
    cast.admin.call("PATCH /api/v1/roles/{id}/", {"is_active": False}, id=role["id"])


def registrations(cast: Cast) -> None:
    boss = cast.hdts_admin
    first, second = (_registered(cast) for _ in range(2))
    waiting = {row["username"]: row["id"] for row in boss.call(REGISTRATIONS.format("GET"))["results"]}
    cast.nobody.call("GET /api/v1/registrations/availability/")
    person = boss.call(REGISTRATIONS.format("POST") + "{id}/approval/", {}, id=waiting[first["username"]])
    _accept(cast, person)
    body = {"reason": "Not one of ours."}
    boss.call(REGISTRATIONS.format("POST") + "{id}/refusal/", body, id=waiting[second["username"]])
    # Somebody else who wrote an e-mail to the desk.
    body = {"email": f"{_letters()}@example.com", "name": "Wanda Writes"}
    cast.peer("messaging").call("POST /internal/requesters/", body)


def profile(cast: Cast) -> None:
    person = _invited(cast)
    _accept(cast, person)
    actor = _signed_in(cast, person)
    actor.call("PATCH /api/v1/me/", {"time_zone": "Europe/Vienna"})
    new = f"{_letters()}@example.com"
    actor.call("POST /api/v1/me/email/", {"email": new, "password": PASSWORD})
    token = link_token(cast.mail(new, "confirm"))
    cast.nobody.call("POST /api/v1/email-change/confirmation/", {"token": token})


def browser(cast: Cast) -> None:
    """The refresh token in a cookie; read from a body here, as a browser shows its cookies to nobody."""
    credentials = {"username": "employee", "password": cast.running.password}
    given = cast.nobody.call("POST /api/v1/token/", credentials)["refresh"]
    page = {"Cookie": f"__Secure-tts_refresh={given}", "Origin": cast.own_page}
    cast.nobody.call("POST /api/v1/token/refresh/", {}, headers=page)
    cast.nobody.call("DELETE /api/v1/token/refresh/", headers=page)


def personal_tokens(cast: Cast) -> None:
    body = {"name": "Nightly report", "scopes": ["auth-service:read"], "password": cast.running.password}
    made = cast.employee.call("POST /api/v1/me/access-tokens/", body)
    cast.nobody.call("POST /api/v1/token/personal/", {"token": made["token"]})
    cast.employee.call("GET /api/v1/me/access-tokens/")
    cast.employee.call("DELETE /api/v1/me/access-tokens/{id}/", id=made["id"])


def service_clients(cast: Cast) -> None:
    root = cast.superuser()
    password = cast.password(ROOT_ACCOUNT)
    body = {"client_id": f"exporter-{_letters()}", "scopes": ["events:read"], "password": password}
    made = root.call("POST /api/v1/service-clients/", body)
    here = {"id": made["id"]}
    root.call("GET /api/v1/service-clients/")
    root.call("GET /api/v1/service-clients/{id}/", **here)
    root.call("PATCH /api/v1/service-clients/{id}/", {"scopes": []}, **here)
    root.call("POST /api/v1/service-clients/{id}/secret/", {"password": password}, **here)
    root.call("DELETE /api/v1/service-clients/{id}/", **here)


def _registered(cast: Cast) -> dict[str, str]:
    """Somebody who has asked for an account and confirmed their address."""
    name = _letters()
    asked = {"username": name, "email": f"{name}@example.com", "name": "Newly Arrived"}
    cast.nobody.call(REGISTRATIONS.format("POST"), asked)
    body = {"token": link_token(cast.mail(asked["email"], "confirm"))}
    cast.nobody.call("POST /api/v1/registrations/confirmation/", body)
    return asked


def _letters() -> str:
    return "".join(secrets.choice("abcdefghijkl") for _ in range(10))


def _invited(cast: Cast) -> dict[str, Any]:
    name = f"new{secrets.token_hex(4)}"
    body = {"username": name, "email": f"{name}@example.com", "name": "New Here", "roles": ["tts:agent"]}
    return dict(cast.admin.call("POST /api/v1/users/", body))


def _accept(cast: Cast, person: dict[str, Any]) -> None:
    body = {"token": _token(cast, person, "invit"), "password": PASSWORD}
    cast.nobody.call("POST /api/v1/invitations/acceptance/", body)


def _token(cast: Cast, person: dict[str, Any], word: str) -> str:
    """Of the link in the newest such mail to the person."""
    return link_token(cast.mail(person["email"], word))


def _signed_in(cast: Cast, person: dict[str, Any], password: str = PASSWORD) -> Actor:
    return cast.signed_in(person["username"], password)


def what_could_not_be_done(cast: Cast) -> None:
    cast.failed_job()
    job = cast.admin.call("GET /api/v1/failed-jobs/")["results"][0]
    cast.admin.call("POST /api/v1/failed-jobs/{id}/retry/", id=job["id"])


STORIES: tuple[Callable[[Cast], None], ...] = (
    reading,
    sign_in,
    invitation_and_reset,
    sessions,
    second_factor,
    passkeys,
    people,
    roles,
    registrations,
    profile,
    browser,
    personal_tokens,
    service_clients,
    what_could_not_be_done,
)
