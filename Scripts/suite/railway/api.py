"""Railway's GraphQL API, as far as a deployment needs it. Questions are asked again while the API is down."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from suite.console import Failure
from suite.railway.clock import Clock

URL = "https://backboard.railway.com/graphql/v2"
_FIELDS = "id status createdAt canRollback meta"

_DEPLOYMENTS = f"""query ($input: DeploymentListInput!, $first: Int) {{
  deployments(input: $input, first: $first) {{ edges {{ node {{ {_FIELDS} }} }} }} }}"""
_DEPLOYMENT = f"query ($id: String!) {{ deployment(id: $id) {{ {_FIELDS} }} }}"
_SERVICES = """query ($id: String!) {
  project(id: $id) { services { edges { node { id name } } } environments { edges { node { id name } } } } }"""
_ERRORS = """query ($id: String!, $limit: Int) {
  deploymentLogs(deploymentId: $id, limit: $limit, filter: "@level:error") { timestamp } }"""
_DEPLOY = """mutation ($serviceId: String!, $environmentId: String!, $commitSha: String) {
  serviceInstanceDeployV2(serviceId: $serviceId, environmentId: $environmentId, commitSha: $commitSha) }"""
_ROLLBACK = "mutation ($id: String!) { deploymentRollback(id: $id) }"
_CANCEL = "mutation ($id: String!) { deploymentCancel(id: $id) }"

SUCCEEDED = "SUCCESS"
ENDED_BADLY = frozenset({"FAILED", "CRASHED", "REMOVED", "REMOVING", "SKIPPED"})


class Refused(Failure):
    """Railway answered, and said no."""


class Unreachable(Failure):
    """Railway did not answer for as long as we were ready to wait."""


@dataclass(frozen=True)
class Deployment:
    id: str
    status: str
    can_rollback: bool
    commit: str

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> "Deployment":
        commit = str((node.get("meta") or {}).get("commitHash") or "")
        return cls(str(node["id"]), str(node["status"]), bool(node.get("canRollback")), commit)


@dataclass(frozen=True)
class Api:
    """`token` is a project token (it belongs to one environment); `patience`: seconds to go on asking a dead API."""

    token: str
    clock: Clock
    url: str = URL
    patience: float = 120.0

    def services(self, project: str) -> tuple[dict[str, str], dict[str, str]]:
        """The ids of the project's services and of its environments, each by name."""
        found = self._ask(_SERVICES, id=project)["project"]
        ids = [{e["node"]["name"]: e["node"]["id"] for e in found[k]["edges"]} for k in ("services", "environments")]
        return ids[0], ids[1]

    def deployments(self, project: str, environment: str, service: str, *, first: int = 20) -> list[Deployment]:
        """The newest first."""
        asked = {"projectId": project, "environmentId": environment, "serviceId": service}
        edges = self._ask(_DEPLOYMENTS, input=asked, first=first)["deployments"]["edges"]
        nodes = sorted((edge["node"] for edge in edges), key=lambda node: str(node["createdAt"]), reverse=True)
        return [Deployment.of(node) for node in nodes]

    def deployment(self, id_: str) -> Deployment:
        return Deployment.of(self._ask(_DEPLOYMENT, id=id_)["deployment"])

    def errors(self, id_: str, *, limit: int = 500) -> int:
        """How many lines of level error the deployment has logged."""
        return len(self._ask(_ERRORS, id=id_, limit=limit)["deploymentLogs"])

    def deploy(self, service: str, environment: str, commit: str) -> str:
        """The id of the new deployment. Asked once: repeated, it might deploy twice."""
        sent = {"serviceId": service, "environmentId": environment, "commitSha": commit}
        return str(self._send(_DEPLOY, sent)["serviceInstanceDeployV2"])

    def rollback(self, id_: str) -> None:
        """Brings an earlier deployment back; its answer is only yes or no."""
        if self._ask(_ROLLBACK, id=id_)["deploymentRollback"] is not True:
            raise Refused(f"Railway would not roll back to {id_}")

    def cancel(self, id_: str) -> None:
        self._ask(_CANCEL, id=id_)

    def _ask(self, query: str, **variables: Any) -> Any:
        """Again and again while the API does not answer."""
        return patiently(self.clock, self.patience, lambda: self._send(query, variables))

    def _send(self, query: str, variables: Mapping[str, Any]) -> Any:
        request = urllib.request.Request(  # noqa: S310 - Railway's address, or a test's
            self.url,
            data=json.dumps({"query": query, "variables": variables}).encode(),
            headers={
                "Content-Type": "application/json",
                "Project-Access-Token": self.token,
                "User-Agent": "tts-deploy",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                answer = json.loads(response.read())
        except urllib.error.HTTPError as error:
            if error.code >= 500 or error.code == 429:
                raise Unreachable(f"Railway's API answers {error.code}") from error
            raise Refused(f"Railway's API answers {error.code}: is RAILWAY_TOKEN right?") from error
        except (OSError, ValueError) as error:
            raise Unreachable(f"Railway's API does not answer ({error})") from error
        if answer.get("errors"):
            raise Refused(f"Railway says: {answer['errors'][0].get('message', 'no reason given')}")
        return answer["data"]


def patiently(clock: Clock, patience: float, ask: Callable[[], Any]) -> Any:
    """The answer of `ask`, asked again with growing pauses while Railway is unreachable."""
    begun, pause = clock.now(), 1.0
    while True:
        try:
            return ask()
        except Unreachable:
            if clock.now() - begun >= patience:
                raise
            clock.sleep(pause)
            pause = min(pause * 2, 15.0)
