"""GitHub's REST API for one repository, as far as the scripts need it."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suite.console import Failure


class Refused(Failure):
    """GitHub answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class GitHub:
    """`repository` is `owner/name`; paths are relative to it."""

    api: str
    repository: str
    token: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "GitHub":
        token = environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN", "")
        if not token or not environ.get("GITHUB_REPOSITORY"):
            raise Failure("set GITHUB_TOKEN and GITHUB_REPOSITORY (owner/name)")
        api = environ.get("GITHUB_API_URL") or "https://api.github.com"
        return cls(api, environ["GITHUB_REPOSITORY"], token)

    def get(self, path: str) -> Any:
        return self._send("GET", path, None)

    def post(self, path: str, body: Any) -> Any:
        return self._send("POST", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self._send("PUT", path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self._send("PATCH", path, body)

    def _send(self, method: str, path: str, body: Any) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the API's own address
            f"{self.api}/repos/{self.repository}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": "tts-scripts",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, f"{method} {path}: {error.code} {_message(error)}") from error
        except OSError as error:
            raise Failure(f"{method} {path}: GitHub does not answer ({error})") from error
        return json.loads(text) if text else None


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read()).get("message", error.reason))
    except ValueError:
        return str(error.reason)
