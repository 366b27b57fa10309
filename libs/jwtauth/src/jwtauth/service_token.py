"""This service's own token for calling another one (client credentials at auth)."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from jwtauth.conf import config
from jwtauth.errors import ServiceTokenUnavailable
from servicekit import http


@dataclass(frozen=True, slots=True)
class _Held:
    token: str
    fresh_until: float
    good_until: float


_held: dict[str, _Held] = {}
_lock = threading.Lock()
RETRY_SECONDS = 5.0
# A token is not sent in its last seconds: it could expire on the way.
MARGIN_SECONDS = 15.0


def get(audience: str) -> str:
    """A token that `audience` (a service's name) accepts from us; waits for auth, so not for use in a request.

    Kept per process, renewed at half its life, and used until it expires while auth is away.
    Raises ServiceTokenUnavailable when there is none.
    """
    now = time.monotonic()
    held = _held.get(audience)
    if held and now < held.fresh_until:
        return held.token
    with _lock:
        held = _held.get(audience)
        if held and now < held.fresh_until:
            return held.token
        try:
            renewed = _request(audience)
        except ServiceTokenUnavailable:
            if held is None or now >= held.good_until:
                raise
            renewed = _Held(held.token, min(now + RETRY_SECONDS, held.good_until), held.good_until)
        _held[audience] = renewed
        return renewed.token


def forget() -> None:
    """Drops every kept token, for instance after one was refused."""
    with _lock:
        _held.clear()


def _request(audience: str) -> _Held:
    settings = config()
    body = {"client_id": settings.client_id, "client_secret": settings.client_secret, "audience": audience}
    try:
        answer = http.request("POST", settings.token_url, json=body)
        if answer.status != 200:
            raise ServiceTokenUnavailable(f"auth answered {answer.status} to {settings.client_id} for {audience}")
        token, seconds = _read(answer.json())
    except (http.Unreachable, ValueError) as error:
        raise ServiceTokenUnavailable(f"no token for {audience}: {error!r}") from error
    now = time.monotonic()
    return _Held(token, now + seconds / 2, now + max(seconds - MARGIN_SECONDS, seconds / 2))


def _read(body: Any) -> tuple[str, float]:
    if not isinstance(body, dict):
        raise ValueError("not an object")
    token, seconds = body.get("access"), body.get("expires_in")
    if not isinstance(token, str) or not isinstance(seconds, int | float):
        raise ValueError("no access token in auth's answer")
    return token, float(seconds)
