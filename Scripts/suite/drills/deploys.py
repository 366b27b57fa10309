"""`drill.sh deploys`: at 50 requests a second, versions that must not stay are deployed, and one that must."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass

from suite.console import Failure, say, table
from suite.drills.traffic import Outcome, Traffic, wait_until
from suite.paths import SCRIPTS
from suite.rollout import images
from suite.stack import Stack
from suite.topology import Topology

RATE = 50.0
BORNE = 60  # failed requests in all bad deployments together
DETECTED_WITHIN = 60.0
SERVICE = "ticket-service"
_RESTORED = 3
# What is appended to the service's config/wsgi.py.
_BAD = {
    "fails its health checks": """
_good = application
def application(environ, start_response):
    if environ["PATH_INFO"] == "/readyz":
        start_response("503 Service Unavailable", [("Content-Type", "application/json")])
        return [b'{"status": "fail"}']
    return _good(environ, start_response)
""",
    "crash-loops": """
raise SystemExit("this version does not start")
""",
    "is killed for memory": """
_good, _kept = application, []
def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/api/v1/"):
        _kept.append(bytearray(b"x" * 40_000_000))
    return _good(environ, start_response)
""",
    "answers 20% with 500": """
import random
_good = application
def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/api/v1/") and random.random() < 0.2:
        start_response("500 Internal Server Error", [("Content-Type", "application/json")])
        return [b"{}"]
    return _good(environ, start_response)
""",
    "is slow": """
import time
_good = application
def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/api/v1/"):
        time.sleep(1.0)
    return _good(environ, start_response)
""",
}
_GOOD = """
# Another version, as good as the one before.
"""


@dataclass(frozen=True)
class Deployed:
    """What became of one version; `seconds` from the first of its requests (or its start) until it was found out."""

    what: str
    code: int
    seconds: float
    requests: int
    failed: int
    said: str


def build(stack: Stack, shape: Topology, name: str, appended: str) -> str:
    """An image of what runs with some lines more; answers its tag."""
    service = shape[SERVICE]
    tag = "drill-" + "".join(letter if letter.isalnum() else "-" for letter in name)
    base = images.name(service, stack, stack.variables()["TAG"])
    # As JSON it is one argument of printf, whatever it holds.
    recipe = f"""FROM {base}
RUN ["python", "-c", {json.dumps(f"open('config/wsgi.py', 'a').write({appended!r})")}]
"""
    recipe = recipe.replace("RUN", "USER 0:0\nRUN", 1) + "USER 10001:10001\n"
    command = ["docker", "build", "--quiet", "--tag", images.name(service, stack, tag), "-"]
    done = subprocess.run(command, input=recipe, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"the version that {name} cannot be built: {done.stderr.strip()[-300:]}")
    return tag


def deploy(stack: Stack, traffic: Traffic, what: str, tag: str, options: list[str]) -> Deployed:
    """Runs Scripts/release.sh as an operator would, and counts what failed meanwhile."""
    begun = time.monotonic()
    command = [sys.executable, str(SCRIPTS / "suite"), "release", "deploy", SERVICE, "--image", tag, *options]
    done = subprocess.run(
        [*command, "--project", stack.project, "--env-file", str(stack.env_file)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outcomes = traffic.since(begun)
    said = done.stdout.strip().splitlines()
    say("\n".join(f"    {line}" for line in said))
    failed = [outcome for outcome in outcomes if outcome.failed]
    _show(failed)
    return Deployed(
        what, done.returncode, time.monotonic() - begun, len(outcomes), len(failed), said[-1] if said else ""
    )


def run(stack: Stack, shape: Topology, only: str = "") -> int:
    """0 if every bad version was taken back by itself, with few failures, and the good one stayed with none."""
    bad = {name: text for name, text in _BAD.items() if only in name}
    tags = {name: build(stack, shape, name, text) for name, text in bad.items()}
    good = build(stack, shape, "is good", _GOOD) if only in "is good" else ""
    quick = ["--step-seconds", "15", "--hold", "30"]
    found: list[Deployed] = []
    with Traffic(shape, stack.variables()["SEED_ACCOUNT_PASSWORD"], rate=RATE, changes=0.06) as traffic:
        wait_until("the first tickets", lambda: len(traffic.ledger.tickets) > 3, within=60)
        for name, tag in tags.items():
            say(f"\nA version that {name}:")
            found.append(deploy(stack, traffic, name, tag, quick))
        if good:
            say("\nA good version:")
            found.append(deploy(stack, traffic, "is good", good, quick))
    return judge(found)


def judge(found: list[Deployed]) -> int:
    rows = [[one.what, one.code, one.seconds, one.requests, one.failed] for one in found]
    say("\n" + table(["version", "exit code", "seconds", "requests", "failed"], rows))
    bad = [one for one in found if one.what != "is good"]
    good = [one for one in found if one.what == "is good"]
    failed, failed_good = sum(one.failed for one in bad), sum(one.failed for one in good)
    stayed = [one.what for one in bad if one.code != _RESTORED]
    say(f"\nFailed during bad deployments: {failed} (at most {BORNE}); during the good one: {failed_good}.")
    if stayed:
        say(f"Not taken back: {', '.join(stayed)}")
    return 1 if stayed or failed > BORNE or any(one.code or one.failed for one in good) else 0


def _show(failed: list[Outcome]) -> None:
    for outcome in failed[:5]:
        say(f"    failed: {outcome.kind}: {outcome.status or 'no answer'} {outcome.fault}")
