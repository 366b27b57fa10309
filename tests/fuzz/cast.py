"""People of each role who call operations as the schema says, so that each answer is checked and counted."""

import contextlib
import functools
import json
import re
import secrets
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import requests
import schemathesis
import yaml
from suite.api import Client
from suite.console import Failure
from suite.paths import ROOT
from suite.polling import until
from suite.topology import Service

from tests.e2e.running import Running

ROOT_ACCOUNT = "root@example.com"
# By which notification-service knows a provider of e-mail that reports a bounce.
PROVIDER_SECRET = "postmark:known-to-the-provider-alone"


@dataclass
class Record:
    """What was answered: one JSON line each, as `[operation, status, code of a problem]`; several processes append."""

    path: Path

    def add(self, operation: str, status: int, code: str = "") -> None:
        with self.path.open("a", encoding="utf-8") as out:
            out.write(json.dumps([operation, status, code]) + "\n")


@functools.cache
def schema_of(folder: str) -> Any:
    """The committed schema of a service as schemathesis reads it."""
    return schemathesis.openapi.from_path(str(ROOT / folder / "openapi.yaml"))


def operations(folder: str) -> list[str]:
    """All of them, as `GET /api/v1/tickets/`."""
    document = yaml.safe_load((ROOT / folder / "openapi.yaml").read_text(encoding="utf-8"))
    methods = {"get", "put", "post", "patch", "delete", "head", "options"}
    return [f"{m.upper()} {path}" for path, item in document["paths"].items() for m in item if m in methods]


def link_token(text: str) -> str:
    """The token of the first link in a text, or in a mail's quoted-printable."""
    plain = text.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")
    found = re.search(r"https?://\S*?(?:token=|#|/)([\w.:~-]{20,})", plain)
    if found is None:
        raise Failure(f"no link with a token in: {plain[-300:]}")
    return found.group(1)


@dataclass
class Actor:
    """One signed-in person, or nobody; `call` answers the body of a 2xx and raises `Failure` for anything else."""

    service: Service
    url: str
    record: Record
    client: Client

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.client.token}"} if self.client.token else {}

    def call(
        self,
        operation: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        media: str = "",
        **path: Any,
    ) -> Any:
        """`call("POST /api/v1/tickets/{id}/closure/", {"rating": 5}, id=...)`; sends key and version where asked."""
        method, _, where = operation.partition(" ")
        described = schema_of(self.service.folder)[where][method]
        sent = self.headers() | dict(headers or {})
        names = {parameter.name for parameter in described.headers}
        if "Idempotency-Key" in names:
            sent["Idempotency-Key"] = str(uuid.uuid4())
        given: dict[str, Any] = {"path_parameters": path, "query": dict(query or {}), "headers": sent}
        if body is not None:
            given |= {"body": body, "media_type": media or "application/json"}
        case = described.Case(**given)
        if method in {"PUT", "PATCH"} and (etag := self._etag(f"{self.url}{case.formatted_path}")):
            case.headers["If-Match"] = etag
        response = case.call(base_url=self.url)
        answered = json.loads(response.content) if "json" in response.headers.get("content-type", [""])[0] else None
        code = answered.get("code", "") if isinstance(answered, dict) and response.status_code >= 400 else ""
        self.record.add(operation, response.status_code, code)
        if not 200 <= response.status_code < 300:
            raise Failure(f"{operation}: {response.status_code} {json.dumps(answered)[:300]}")
        case.validate_response(response)
        return answered

    def soon(self, operation: str, body: Any = None, **options: Any) -> Any:
        """The same, waiting for the service to have heard of what another one has done."""
        last: list[Failure] = []

        def ask() -> list[Any] | None:
            try:
                return [self.call(operation, body, **options)]
            except Failure as failure:
                last[:] = [failure]
                return None

        try:
            return until(operation, ask, pause=0.3)[0]
        except Failure:
            raise last[-1] from None

    def _etag(self, url: str) -> str:
        return str(requests.get(url, headers=self.headers(), timeout=30).headers.get("ETag", ""))


@dataclass
class Cast:
    """The seeded accounts at one service: `cast.employee.call(...)`."""

    running: Running
    service: Service
    record: Record
    clients: dict[str, Client] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)

    def at(self, service: str) -> "Cast":
        """Preparations at another service, which are not counted for this one."""
        elsewhere = Record(self.record.path.with_suffix(".elsewhere"))
        return Cast(self.running, self.running.suite.topology[service], elsewhere, self.clients)

    def __getattr__(self, name: str) -> Actor:
        """`cast.asset_manager` is the account `asset-manager`."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.account(name.replace("_", "-"))

    @property
    def nobody(self) -> Actor:
        return self._actor(Client())

    def account(self, username: str) -> Actor:
        """A seeded account, signed in once."""
        if username not in self.clients:
            self.clients[username] = self.running.sign_in(username)
        client = self.clients[username]
        return self._actor(client)

    def signed_in(self, username: str, password: str) -> Actor:
        """An account that is not seeded."""
        client = Client.signed_in(self.running.url("auth-service"), username, password)
        return self._actor(client)

    def _actor(self, client: Client) -> Actor:
        return Actor(self.service, self.service.url, self.record, client)

    def credentials(self, client: str, *, audience: str) -> dict[str, str]:
        """What a service sends to auth to be let in at another one."""
        topology, environments = self.running.suite.topology, self.running.suite.environments
        name = f"SERVICE_CLIENT_SECRET_{topology[client].env_name}"
        secret = environments.of_service(topology["auth-service"])[name]
        return {"client_id": client, "client_secret": secret, "audience": audience}

    def peer(self, client: str) -> Actor:
        """Another service, with the token that auth gives it for this one."""
        body = self.credentials(client, audience=self.service.name)
        answer = Client().post(f"{self.running.url('auth-service')}/api/v1/token/service/", body)
        return self._actor(Client(token=Client().expect(answer, 200)["access"]))

    def superuser(self) -> Actor:
        """The account of `bootstrap_admin`, made at the first call."""
        if "root" not in self.clients:
            said = self.manage("auth-service", "bootstrap_admin", "--email", ROOT_ACCOUNT)
            token = link_token(said)
            password = secrets.token_urlsafe(24)
            url = f"{self.running.url('auth-service')}/api/v1/invitations/acceptance/"
            Client().expect(Client().post(url, {"token": token, "password": password}), 200)
            self.clients["root"] = Client.signed_in(self.running.url("auth-service"), ROOT_ACCOUNT, password)
            self.passwords[ROOT_ACCOUNT] = password
        return self._actor(self.clients["root"])

    def password(self, username: str) -> str:
        """Of a seeded account, or of the superuser."""
        return self.passwords.get(username, self.running.password)

    def manage(self, service: str, *arguments: str) -> str:
        """What a management command of a service prints."""
        one = self.running.suite.topology[service]
        environment = self.running.suite.environments.of_service(one)
        command = ["bash", "entrypoint.sh", "manage", *arguments]
        done = subprocess.run(command, cwd=one.path, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"{service} {arguments[0]}: {done.stderr[-300:]}")
        return done.stdout

    @property
    def own_page(self) -> str:
        """The origin of the pages from which auth takes the cookie."""
        service = self.running.suite.topology["auth-service"]
        return self.running.suite.environments.of_service(service)["AUTH_PUBLIC_URL"]

    def mail(self, *words: str) -> str:
        """The newest mail that has all the words in it, as text; waits for it."""
        folder = self.running.suite.state.mail

        def newest() -> str | None:
            files = [path for path in folder.rglob("*") if path.is_file()]
            files.sort(key=lambda path: path.stat().st_mtime)
            # Django's file backend appends every message of a connection to one file.
            texts = [text for path in files for text in path.read_text(errors="replace").split("-" * 79)]
            return next((text for text in reversed(texts) if all(word in text for word in words)), None)

        return until(f"a mail with {' and '.join(words)}", newest)

    def ticket(self, **fields: Any) -> dict[str, Any]:
        """A new ticket of the employee's."""
        body = {"subject": "No sound", "description": "Since the update.", "category": "it-support", **fields}
        return dict(self.at("ticket-service").employee.call("POST /api/v1/tickets/", body))

    def task(self, ticket: Mapping[str, Any]) -> dict[str, Any]:
        """The ticket's task once it has an `assignee`, or is completed."""
        client = self.account("admin").client
        url = f"{self.running.url('workflow-api')}/api/v1/tasks/?scope=all&ticket={ticket['number']}"

        def assigned() -> dict[str, Any] | None:
            found = client.read(url)["results"]
            return found[0] if found and (found[0]["assignee"] or found[0]["status"] == "completed") else None

        return until("an assigned task", assigned)

    def username(self, user_id: str) -> str:
        """Whose id it is."""
        url = f"{self.running.url('auth-service')}/api/v1/users/{user_id}/"
        return str(self.account("admin").client.read(url)["username"])

    def user_id(self, username: str) -> str:
        """The id of an account."""
        return str(self.account(username).client.read(f"{self.running.url('auth-service')}/api/v1/me/")["id"])

    def execute(self, sql: str, *values: object) -> None:
        """Puts the service into a state to which no call leads in a few seconds."""
        connection = psycopg2.connect(self.running.databases[self.service.name])
        with contextlib.closing(connection), connection, connection.cursor() as cursor:
            cursor.execute(sql, values)

    def failed_job(self) -> None:
        """A job that gave up."""
        self.execute(
            "INSERT INTO eventbus_job (id, kind, payload, state, attempts, next_attempt_at, request_id, last_error,"
            " created_at) VALUES (%s, 'of_yesterday', '{}', 'failed', 12, now(), '', 'it was Monday', now())",
            str(uuid.uuid4()),
        )

    def dead_letter(self) -> None:
        """An event that the service could not handle."""
        sample = ROOT / "contracts" / "samples" / "ticket.created.v1.json"
        envelope = json.loads(sample.read_text(encoding="utf-8")) | {"event_id": str(uuid.uuid4())}
        self.execute(
            "INSERT INTO eventbus_inboxevent (event_id, type, producer, state, envelope, attempts, last_error,"
            " received_at) VALUES (%s, %s, %s, 'dead', %s, 9, 'it was Monday', now())",
            envelope["event_id"],
            envelope["type"],
            envelope["producer"],
            json.dumps(envelope),
        )
