"""A small client of the suite's HTTP interfaces: signs in, carries one request id, says clearly what was refused."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

from suite.console import Failure

_POOL = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=30), retries=False, maxsize=16)


@dataclass(frozen=True)
class Answer:
    """Status, headers with lower-case names, and the body: parsed JSON where it is JSON, otherwise bytes."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def code(self) -> str:
        """The stable code of a problem, or ""."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


@dataclass
class Client:
    """Calls as one person (with a token) or as nobody. Raises `Failure` only when no answer came."""

    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def signed_in(cls, auth_url: str, username: str, password: str, *, request_id: str = "") -> "Client":
        headers = {"X-Request-ID": request_id} if request_id else {}
        client = cls(headers=headers)
        answer = client.post(f"{auth_url}/api/v1/token/", {"username": username, "password": password})
        if answer.status != 200:
            raise Failure(f"{username} could not sign in at {auth_url}: {answer.status} {answer.code}")
        client.token = answer.body["access"]
        return client

    def get(self, url: str, **headers: str) -> Answer:
        return self._send("GET", url, headers=headers)

    def post(self, url: str, body: Any = None, **headers: str) -> Answer:
        encoded = None if body is None else json.dumps(body).encode()
        return self._send("POST", url, headers={"Content-Type": "application/json"} | headers, body=encoded)

    def post_form(self, url: str, fields: Mapping[str, Any], **headers: str) -> Answer:
        """multipart/form-data; a file is `(filename, bytes, content type)`."""
        body, content_type = urllib3.encode_multipart_formdata(fields)
        return self._send("POST", url, headers={"Content-Type": content_type} | headers, body=body)

    def expect(self, answer: Answer, *statuses: int) -> Any:
        """The body of an answer with one of these statuses; otherwise `Failure` that shows what came instead."""
        if answer.status not in statuses:
            text = json.dumps(answer.body) if isinstance(answer.body, dict) else repr(answer.body)
            raise Failure(f"expected {' or '.join(map(str, statuses))}, got {answer.status}: {text[:400]}")
        return answer.body

    def read(self, url: str) -> Any:
        return self.expect(self.get(url), 200)

    def pages(self, url: str) -> Iterator[dict[str, Any]]:
        """All entries of a list, page by page."""
        joint = "&" if "?" in url else "?"
        page = self.read(f"{url}{joint}limit=100")
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.read(f"{url}{joint}limit=100&cursor={page['next']}")

    def _send(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        sent = {**self.headers, **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        try:
            response = _POOL.request(method, url, headers=sent, body=body)
        except urllib3.exceptions.HTTPError as error:
            raise Failure(f"{method} {url}: no answer ({type(error).__name__})") from error
        kind = response.headers.get("Content-Type", "")
        parsed = json.loads(response.data) if "json" in kind and response.data else response.data
        return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, parsed)
