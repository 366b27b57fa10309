"""`Scripts/e2e.sh`: the suite on Docker under a name of its own: the demo, and what only containers show."""

import argparse
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import urllib3

from suite import docker, envfile, frontend, images, servers, topology
from suite.api import Client
from suite.console import Failure, say
from suite.paths import ROOT
from suite.polling import until
from suite.ports import any_free
from suite.stack import Stack, require_docker
from suite.topology import Topology

# Seconds, measured on two cores: start to teardown; one image from nothing, and after a change; a base image to fetch.
_RUN, _BUILD, _REBUILD, _PULL = 140.0, 35.0, 10.0, 20.0
_FORBIDDEN = "CREATE TABLE public.mine (id int)"


def run(options: argparse.Namespace) -> int:
    """0 when everything held, or, with `--if-possible`, when there is no Docker (or no time) to try it on."""
    begun = time.monotonic()
    try:
        require_docker()
    except Failure as failure:
        if not options.if_possible:
            raise
        return skipped(str(failure))
    shape = topology.load()
    if late := too_late(options.within, seconds_needed(shape)):
        return skipped(late)
    with tempfile.TemporaryDirectory(prefix="tts-e2e-") as folder:
        stack = Stack(project=f"tts-e2e-{os.getpid()}", env_file=environment(Path(folder), tag=options.images))
        if not options.images:
            say("Building ...")
            images.build(images.all_of(shape, stack.variables()), stack.variables())
        left = options.within and options.within - (time.monotonic() - begun)
        if late := too_late(left, _RUN):
            return skipped(late)
        return on_its_own(stack, shape, options.timeout, stories=frontend.DAY if options.within else "")


def on_its_own(stack: Stack, shape: Topology, timeout: float, *, stories: str = "") -> int:
    """Starts the stack, tries it and takes it away again. `stories`: in a browser, those so named; "" is all."""
    try:
        code = docker.start(argparse.Namespace(demo=True, timeout=timeout, build=False), shape, stack)
        if code == 0:
            smoke(docker.behind_gateway(shape, stack.variables()), stack)
            in_a_browser(shape, stack, stories)
        return code
    finally:
        say("Tearing down ...")
        docker.remove_temporary(stack)
        stack.run("down", "--remove-orphans", "--volumes", within=240)


def skipped(why: str) -> int:
    say(f"end to end on Docker: SKIPPED: {why}")
    return 0


def too_late(left: float | None, cost: float) -> str:
    """Why there is no time for it; "" while there is, or when nobody counts it."""
    if left is None or left >= cost:
        return ""
    return f"it takes about {cost:.0f} s here, {left:.0f} s are left"


def seconds_needed(shape: Topology) -> float:
    """About how long it takes on two cores, by what is there already: base images, our images or their layers."""
    example = envfile.read(docker.EXAMPLE)
    bases = [value for name, value in example.items() if name.endswith("_IMAGE")]
    ours = [image.reference(example) for image in images.all_of(shape, example)]
    absent_bases = sum(not _is_here(name) for name in bases)
    return _RUN + _PULL * absent_bases + sum(_REBUILD if _is_here(name) else _BUILD for name in ours)


def _is_here(image: str) -> bool:
    return subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode == 0


def environment(folder: Path, *, tag: str = "") -> Path:
    """An environment file with new secrets and ports that nobody uses; the images of this tag, if it has one."""
    path = folder / ".env"
    envfile.ensure(path, docker.EXAMPLE)
    lines = []
    gateway_port = any_free()
    for line in path.read_text(encoding="utf-8").splitlines():
        name = line.partition("=")[0]
        if name.endswith("_PORT"):
            os.environ.pop(name, None)  # the caller's would win
            line = f"{name}={gateway_port if name == 'GATEWAY_PORT' else any_free()}"
        if name == "PUBLIC_URL":
            os.environ.pop(name, None)
            line = f"{name}=http://localhost:{gateway_port}"
        if name == "TAG" and tag:
            line = f"TAG={tag}"
        lines.append(line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def smoke(shape: Topology, stack: Stack) -> None:
    """What the demo does not look at. Raises `Failure` for the first thing that is not as it should be."""
    closed_inside(shape)
    console_is_served(f"http://localhost:{stack.variables()['GATEWAY_PORT']}", ROOT / "frontend")
    least_privilege(shape, stack)
    away_and_back(shape, stack)
    say("Smoke tests passed.")


def closed_inside(shape: Topology) -> None:
    for service in shape.services:
        for path in ("internal/events", "%69nternal/events", "/internal/events"):
            answer = _get(f"{service.url}/{path}")
            if answer.status != 404 or answer.json().get("code") != "not_found":
                raise Failure(f"the gateway lets {service.prefix}{path} through: {answer.status}")
    say("  ok  the services' internal routes are closed")


def console_is_served(origin: str, source: Path) -> None:
    """Its pages are asked for each time, what they are made of is kept; its policy is that of security-headers.conf."""
    said = re.findall(
        r'^add_header (\S+) "?(.*?)"? always;$', (source / "security-headers.conf").read_text(), re.MULTILINE
    )
    page = _get(f"{origin}/requests/new")
    asset = re.search(r'src="(/assets/[^"]+)"', page.data.decode())
    if page.status != 200 or page.headers["Cache-Control"] != "no-cache" or not asset:
        raise Failure(f"the gateway does not serve the console's pages: {page.status} {dict(page.headers)}")
    for name, value in said:
        if page.headers.getlist(name) != [value]:
            raise Failure(f"the console's pages say {name}: {page.headers.getlist(name)}")
    script = _get(origin + asset[1])
    if script.headers.get("Content-Encoding") != "gzip" or "immutable" not in script.headers["Cache-Control"]:
        raise Failure(f"the console's scripts are sent with {dict(script.headers)}")
    for path in ("/assets/none.js", "/api/v1/tickets/"):
        answer = _get(origin + path)
        if answer.status != 404 or answer.json().get("code") != "not_found":
            raise Failure(f"{path} is nothing, and answered with {answer.status}: {answer.data[:200]!r}")
    say("  ok  the console's pages and scripts, with their policy, compressed, kept as long as they may be")


def in_a_browser(shape: Topology, stack: Stack, only: str) -> None:
    """The stories of frontend/e2e/ through the gateway, where there are Node.js and a Chromium; otherwise says so."""
    variables = stack.variables()
    console = shape.console
    if console is None:
        return
    try:
        chromium = servers.browser()
        if reason := frontend.lacking():
            raise Failure(reason)
    except Failure as failure:
        say(f"  --  in a browser: SKIPPED: {failure}")
        return
    say("In a browser ...")
    origin, password = variables["PUBLIC_URL"], variables["SEED_ACCOUNT_PASSWORD"]
    frontend.stories(console, origin=origin, password=password, chromium=chromium, only=only)
    say("  ok  the console's stories in a browser, through the gateway")


def least_privilege(shape: Topology, stack: Stack) -> None:
    databases = [service.database for service in shape.services]
    for database in databases:
        app = f"{database}_app"
        _refused(stack, app, database, _FORBIDDEN)
        _refused(stack, app, database, "DROP TABLE django_migrations")
        for other in databases:
            if other != database:
                _refused(stack, app, other, "SELECT 1")
    say("  ok  application roles change no schema and enter no other database")


def away_and_back(shape: Topology, stack: Stack) -> None:
    """A service that is gone is a 503 that says when to ask again; it is found when it is back."""
    service = shape["messaging"]
    stack.run("kill", service.name)
    answer = _get(f"{service.url}/health/")
    if answer.status != 503 or "Retry-After" not in answer.headers or answer.json().get("request_id") != "e2e-1":
        raise Failure(f"{service.name} is gone and the gateway answers {answer.status}: {answer.data[:200]!r}")
    stack.run("up", "--detach", "--no-deps", service.name)
    until(f"{service.name} again", lambda: Client().get(f"{service.url}/readyz").status == 200, within=120, pause=0.5)
    say("  ok  a service that is away is 503 with Retry-After, and is found when it is back")


def _get(url: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request(
        "GET", url, headers={"X-Request-ID": "e2e-1", "Accept-Encoding": "gzip"}, retries=False, timeout=30
    )


def _refused(stack: Stack, role: str, database: str, statement: str) -> None:
    command = ["exec", "--no-TTY", "db", "psql", "--no-psqlrc", "--set", "VERBOSITY=terse"]
    try:
        stack.run(*command, "--username", role, "--dbname", database, "--command", statement)
    except Failure as failure:
        if any(words in str(failure) for words in ("permission denied", "must be owner", "CONNECT privilege")):
            return
        raise
    raise Failure(f"{role} was allowed in {database}: {statement}")
