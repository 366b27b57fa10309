"""What the deployed suite says of itself, asked from outside, through the gateway."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

from suite.topology import Service


@dataclass(frozen=True)
class Health:
    """`problem` is "" where all is well."""

    service: str
    problem: str = ""


def ask(gateway: str, service: Service, *, version: str = "") -> Health:
    """Is the service healthy, and is it the version that was deployed?"""
    address = f"{gateway.rstrip('/')}{service.prefix}health/"
    request = urllib.request.Request(address, headers={"User-Agent": "tts-deploy"})  # noqa: S310 - http(s), see cli
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            body = json.loads(response.read())
    except urllib.error.HTTPError as error:
        return Health(service.name, f"{address} answers {error.code}")
    except (OSError, ValueError) as error:
        return Health(service.name, f"{address} does not answer ({error})")
    if not isinstance(body, dict) or body.get("status") != "healthy":
        return Health(service.name, f"{address} says it is not healthy")
    if version and body.get("version") != version:
        return Health(service.name, f"{address} is version {body.get('version')}, not {version}")
    return Health(service.name)
