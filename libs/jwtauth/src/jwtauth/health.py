"""The readiness check of the keys (needs tts-healthcheck)."""

import healthcheck
from jwtauth.conf import config

STALE_SECONDS = 3600.0


@healthcheck.check(name="keys", critical=True)
def keys() -> healthcheck.Result:
    """Fails without any key, since every request would be a 503; warns when auth has not confirmed them for an hour."""
    age = config().key_source.age()
    if age is None:
        return healthcheck.Result(status="fail")
    return healthcheck.Result(status="warn" if age > STALE_SECONDS else "pass")
