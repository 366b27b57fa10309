"""How long a token goes on opening another service after auth has revoked it: python bench/revocation.py [ROUNDS].

Against a suite that runs (`bash Scripts/local.sh`): AUTH and TICKETS are the base URLs, SEED_ACCOUNT_PASSWORD is the
accounts' password. Each round signs an employee in, asks the ticket service without a pause, has an admin suspend the
account, and takes the time from the admin's request until the first 401 `token_revoked`. The ceiling, whatever happens
to events, is the token's life of ten minutes and ten seconds.
"""

import json
import os
import sys
import time
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

AUTH = os.environ.get("AUTH", "http://127.0.0.1:8003")
TICKETS = os.environ.get("TICKETS", "http://127.0.0.1:8004")
PASSWORD = os.environ.get("SEED_ACCOUNT_PASSWORD", "")
MOST_SECONDS = 60.0


def call(method: str, url: str, token: str = "", **body: Any) -> tuple[int, dict[str, Any]]:
    """The status and the body of an answer."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if method == "POST" else None
    request = Request(url, method=method, headers=headers, data=data)  # noqa: S310 - our own services
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def sign_in(name: str) -> str:
    """An access token."""
    status, body = call("POST", f"{AUTH}/api/v1/token/", username=name, password=PASSWORD)
    if status != 200:
        raise SystemExit(f"{name} cannot sign in: {body.get('title')} Set SEED_ACCOUNT_PASSWORD.")
    return str(body["access"])


def measure(admin: str) -> float:
    """Seconds from the suspension to the first refusal."""
    token = sign_in("employee2")
    _, me = call("GET", f"{AUTH}/api/v1/me/", token)
    status, _ = call("GET", f"{TICKETS}/api/v1/tickets/?limit=1", token)
    if status != 200:
        raise SystemExit(f"The ticket service answers {status} to a good token.")
    user = f"{AUTH}/api/v1/users/{me['id']}"
    began = time.perf_counter()
    call("POST", f"{user}/suspension/", admin, reason="a measurement")
    try:
        while time.perf_counter() - began < MOST_SECONDS:
            status, _ = call("GET", f"{TICKETS}/api/v1/tickets/?limit=1", token)
            if status == 401:
                return time.perf_counter() - began
        raise SystemExit(f"The token still opens the ticket service after {MOST_SECONDS:.0f} s.")
    finally:
        call("POST", f"{user}/reactivation/", admin)


def main(rounds: int) -> None:
    """Prints the distribution."""
    admin = sign_in("admin")
    found = sorted(measure(admin) for _ in range(rounds))
    middle, late = found[rounds // 2], found[int(rounds * 0.95)]
    print(f"{rounds} rounds: median {middle:.2f} s, p95 {late:.2f} s, most {found[-1]:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
