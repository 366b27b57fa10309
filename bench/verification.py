"""What another service pays to believe a token, beside the bare signature check: python bench/verification.py [ROUNDS].

Both are timed in the same process, in turns, in CPU time; the ratio is that of the two within one round, and the
interval holds the median of all rounds' ratios with 95 % confidence. The keys come from a JWK set over HTTP as in
production; its server is stopped before the first measurement, so that no verification can have asked it.
"""

import json
import sys
import tempfile
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import django
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings

from figures import median_interval

ROUNDS = 101
CALLS = 100  # of each in a round; about 10 ms
MOST = 1.3  # times the signature check
ROLES = ["tts:agent", "tts:asset-manager", "hdts:employee"]


class _Keys(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        from jwtauth import testing

        body = json.dumps({"keys": [testing.jwk]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: an access log would be noise here."""


def ready_token(folder: str) -> str:
    """Sets Django up as in a service whose keys have arrived; auth is gone by the time this returns.

    The service's database is in `folder`.
    """
    server = HTTPServer(("127.0.0.1", 0), _Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.configure(
        SECRET_KEY="bench",  # noqa: S106 - signs nothing
        INSTALLED_APPS=["jwtauth"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/keys.sqlite3"}},
        JWTAUTH={
            "ISSUER": "tts-auth",
            "SERVICE": "ticket-service",
            "JWKS_URL": f"http://127.0.0.1:{server.server_port}/.well-known/jwks.json",
        },
        LOGGING_CONFIG=None,
    )
    django.setup()
    from django.core.management import call_command

    from jwtauth import testing
    from jwtauth.conf import config

    call_command("migrate", verbosity=0)
    deadline = time.monotonic() + 10
    while config().key_source.age() is None:
        if time.monotonic() > deadline:
            raise SystemExit("error: the keys did not arrive")
        time.sleep(0.01)
    server.shutdown()
    server.server_close()
    return testing.make_token(roles=ROLES)


def signature_check(token: str) -> Callable[[], None]:
    """The one thing that cannot be left out: everything is decoded, prepared and at hand."""
    from jwtauth import testing

    body, _, signature = token.rpartition(".")
    raw = urlsafe_b64decode(f"{signature}==")
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key, message, ecdsa = testing.private_key.public_key(), body.encode(), ECDSA(SHA256())
    return lambda: key.verify(der, message, ecdsa)


def seconds(call: Callable[[], object]) -> float:
    """CPU seconds of this thread for CALLS calls."""
    started = time.thread_time()
    for _ in range(CALLS):
        call()
    return time.thread_time() - started


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Microseconds of both (median) and the ratio with its interval."""
    with tempfile.TemporaryDirectory() as folder:
        token = ready_token(folder)
    from jwtauth.claims import verify

    check = signature_check(token)
    seconds(check), seconds(lambda: verify(token))  # warm
    alone, whole = [], []
    for number in range(rounds):
        # Each goes first in half of the rounds, so that a drift of the clock rate favours neither.
        for name in ("alone", "whole") if number % 2 else ("whole", "alone"):
            if name == "alone":
                alone.append(seconds(check))
            else:
                whole.append(seconds(lambda: verify(token)))
    ratio, low, high = median_interval([w / a for w, a in zip(whole, alone, strict=True)])
    micro = 1e6 / CALLS
    return {
        "signature_us": round(median_interval(alone)[0] * micro, 1),
        "verification_us": round(median_interval(whole)[0] * micro, 1),
        "ratio": round(ratio, 3),
        "ratio_low": round(low, 3),
        "ratio_high": round(high, 3),
        "rounds": rounds,
        "token_bytes": len(token),
    }


def main() -> int:
    """Prints one JSON object and a line for people; 1 when the interval reaches beyond the target."""
    result = measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
    print(json.dumps(result))
    print(
        f"signature alone {result['signature_us']} µs, verification {result['verification_us']} µs: {result['ratio']}x "
        f"[{result['ratio_low']}, {result['ratio_high']}] (95 %, {result['rounds']} rounds); at most {MOST}x"
    )
    return 0 if result["ratio_high"] <= MOST else 1


if __name__ == "__main__":
    raise SystemExit(main())
