"""The refresh token in a cookie, for a browser that should not hold it in a script's reach.

HttpOnly, Secure, SameSite=Strict, sent to the refresh route alone, and believed only from our own pages' Origin.
"""

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response

from users.errors import OriginRefused
from users.relying_party import own_origins
from users.services.sessions import IDLE_LIFE

# Browsers take a cookie of this prefix over TLS only, so that nobody on the way plants one of theirs (ASVS 3.3.1).
NAME = "__Secure-tts_refresh"


def require_own_origin(request: Request | HttpRequest) -> None:
    """Raises OriginRefused unless the browser says that the request comes from one of BROWSER_ORIGINS."""
    if request.headers.get("Origin", "") not in own_origins():
        raise OriginRefused


def refresh_token(request: Request) -> str | None:
    """The cookie's token; None without one. Raises OriginRefused."""
    token = request.COOKIES.get(NAME)
    if not token:
        return None
    require_own_origin(request)
    return token


def set_refresh(response: Response, token: str) -> None:
    """Has the browser keep the token."""
    response.set_cookie(
        NAME,
        token,
        max_age=int(IDLE_LIFE.total_seconds()),
        path=settings.REFRESH_COOKIE_PATH,
        secure=True,
        httponly=True,
        samesite="Strict",
    )


def clear(response: Response) -> None:
    """Has the browser forget it."""
    response.delete_cookie(NAME, path=settings.REFRESH_COOKIE_PATH, samesite="Strict")
    response.cookies[NAME]["secure"] = True
    response.cookies[NAME]["httponly"] = True
