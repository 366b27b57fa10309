"""Why a caller is refused; each fact has a stable code (docs/contracts.md)."""

from servicekit.problems import Problem

_CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class Unauthenticated(Problem):
    """A token was sent and is not good; carries the challenge that RFC 6750 asks for."""

    status = 401
    code = "token_invalid"
    title = "The access token is not valid."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers=_CHALLENGE)


class TokenInvalid(Unauthenticated):
    """Forged, garbled, of another issuer or audience, or not an access token."""


class TokenExpired(Unauthenticated):
    """Was good once."""

    code = "token_expired"
    title = "The access token has expired."


class TokenRevoked(Unauthenticated):
    """Its session ended, or its user was deactivated or changed since it was issued."""

    code = "token_revoked"
    title = "The access token has been revoked."


class ScopeInsufficient(Problem):
    """A personal access token was not given the scope for this service and method (RFC 6750, section 3.1)."""

    status = 403
    code = "scope_insufficient"
    title = "The personal access token lacks the scope for this."

    def __init__(self, scope: str) -> None:
        challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
        super().__init__(f"It needs {scope}.", headers={"WWW-Authenticate": challenge})


class KeysUnavailable(Problem):
    """No key has ever been loaded, so that no token can be judged."""

    status = 503
    code = "keys_unavailable"
    title = "The keys that verify tokens are not available yet."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"Retry-After": "5"})


class ServiceTokenUnavailable(Exception):
    """auth gave this service no token of its own; the caller is a background process and tries again later."""


class TooManyStreams(Problem):
    """One user holds more live streams than any number of open windows needs."""

    status = 429
    code = "too_many_streams"
    title = "You have too many live streams open"


class LiveIsElsewhere(Problem):
    """A web process was asked for a stream, which only the live process serves."""

    status = 421
    code = "misdirected_request"
    title = "Live streams are served by the live process"
