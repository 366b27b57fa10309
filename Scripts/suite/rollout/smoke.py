"""Whether a version that takes no traffic yet does what every client needs, asked over HTTP at its own address."""

import os
import uuid
from dataclasses import dataclass

from suite import accounts
from suite.api import Client
from suite.console import Failure
from suite.topology import Service

# A read that needs a token and touches the database, and what it answers.
READS = {
    "auth-service": ("me/", 200),
    "ticket-service": ("tickets/?limit=1", 200),
    "workflow-api": ("tasks/?limit=1", 200),
    "messaging": (f"tickets/{uuid.UUID(int=0)}/comments/", 404),
    "notification-service": ("inbox/?limit=1", 200),
}


@dataclass(frozen=True)
class Target:
    """`url` is the new container's; `token` "" leaves out what needs one; `headers` are what the gateway would add."""

    service: Service
    url: str
    version: str
    token: str
    headers: dict[str, str]


def token(variables: dict[str, str], auth_url: str) -> str:
    """RELEASE_TOKEN, an access token, where it is set; that of a demo account where there are some; otherwise none."""
    if given := os.environ.get("RELEASE_TOKEN", ""):
        return given
    if variables["DJANGO_ENV"] != "development":
        return ""
    return Client.signed_in(auth_url, accounts.ADMIN, variables["SEED_ACCOUNT_PASSWORD"]).token


def headers(variables: dict[str, str]) -> dict[str, str]:
    return {
        "Host": variables["DJANGO_ALLOWED_HOSTS"].split(",")[0].strip().lstrip("."),
        "X-Forwarded-Proto": variables["GATEWAY_SCHEME"],
        "X-Health-Token": variables["HEALTHCHECK_TOKEN"],
    }


def run(target: Target) -> int:
    """How many things were asked. Raises `Failure` for the first answer that is not as it should be."""
    anyone = Client(headers=target.headers)
    health = anyone.read(f"{target.url}/health/")
    if health.get("status") != "healthy":
        raise Failure(f"/health/ says {health.get('status')}")
    if target.version and health.get("version") != target.version:
        raise Failure(f"/health/ says version {health.get('version')}, the image is {target.version}")
    ready = anyone.read(f"{target.url}/readyz")
    if ready.get("status") not in {"pass", "warn"}:
        raise Failure(f"/readyz says {ready.get('status')}")
    anyone.expect(anyone.get(f"{target.url}/api/schema/"), 200)
    path, expected = READS[target.service.name]
    anyone.expect(anyone.get(f"{target.url}/api/v1/{path}"), 401)
    if not target.token:
        return 4
    somebody = Client(token=target.token, headers=target.headers)
    somebody.expect(somebody.get(f"{target.url}/api/v1/{path}"), expected)
    return 5
