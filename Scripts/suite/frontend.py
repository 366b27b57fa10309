"""The web console on this machine: installed, built when its sources have changed, and served with the services."""

import os
import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from suite import topology
from suite.console import Failure, say
from suite.ports import by_whom, is_free
from suite.processes import Child
from suite.state import State
from suite.topology import Console, Topology

OLDEST = (20, 19)  # Vite asks for it
_WITHIN = 60.0  # seconds, until it answers
_STORIES_WITHIN = 900.0  # seconds, on a busy machine
DAY = "a day"  # in the names of the stories that are the main job
_installing = threading.Lock()
# WHATWG Fetch, "bad port": those above 8080, where the console is, and below the ports of outgoing connections.
_REFUSED_PORTS = frozenset({10080})


def port() -> int:
    """Where topology.toml has it."""
    console = topology.load().console
    if console is None:
        raise Failure("topology.toml has no [console]")
    return console.port


def lacking() -> str:
    """What is not here to build and serve it with; "" when all is."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "Node.js and npm were not found"
    text = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = re.fullmatch(r"v(\d+)\.(\d+)\..*", text)
    if not found or (int(found[1]), int(found[2])) < OLDEST:
        return f"Node.js is {text or 'broken'}"
    return ""


def serve(shape: Topology, state: State, *, port_offset: int = 0) -> Child | None:
    """Starts it and answers its process; says plainly why not where that cannot be.

    `Failure` when its port is taken or it does not answer.
    """
    console = shape.console
    if console is None:
        return None
    if console.port in _REFUSED_PORTS:
        raise Failure(f"browsers refuse port {console.port} of the console; another --port-offset moves all")
    if reason := lacking():
        say(f"The web console is not served: {reason}; install Node.js {OLDEST[0]}.{OLDEST[1]} or later.")
        return None
    if not is_free(console.port):
        raise Failure(f"port {console.port} of the console is taken{by_whom(console.port)}; --port-offset moves all")
    try:
        build(console)
    except Failure as failure:  # without the npm registry, say: the services are of use all the same
        say(f"The web console is not served: {failure}")
        return None
    child = Child(
        name="console",
        command=["node", "node_modules/vite/bin/vite.js", "preview"],
        cwd=console.path,
        env=os.environ | {"PORT": str(console.port), "TTS_PORT_OFFSET": str(port_offset)},
        log=state.log("console"),
    )
    child.start()
    _wait(console, child)
    say(f"\nThe web console: {console.origins[0]}")
    return child


def for_a_browser(*, origin: str, password: str, chromium: Path) -> dict[str, str]:
    """What frontend/e2e/browser.mjs reads."""
    return {"CONSOLE_URL": origin, "CONSOLE_PASSWORD": password, "TEST_CHROMIUM": str(chromium)}


def stories(console: Console, *, origin: str, password: str, chromium: Path, only: str = "") -> None:
    """Drives a browser through frontend/e2e/ on a suite that runs, served at `origin`; `only`: those so named.

    Raises `Failure` with what the stories said.
    """
    install(console)
    environment = os.environ | for_a_browser(origin=origin, password=password, chromium=chromium)
    chosen = [f"--test-name-pattern={only}"] if only else []
    files = sorted(str(path.relative_to(console.path)) for path in (console.path / "e2e").glob("*.test.mjs"))
    done = subprocess.run(
        ["node", "--test", "--test-concurrency=1", *chosen, *files],
        cwd=console.path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_STORIES_WITHIN,
    )
    passed = re.search(r"^. pass (\d+)$", done.stdout, re.MULTILINE)
    if done.returncode != 0 or not passed or passed[1] == "0":
        raise Failure(f"a story in the browser failed:\n{done.stdout[-8000:]}{done.stderr[-2000:]}")


def require_alive(console: Child | None) -> bool:
    """False, for `Suite.watch`; `Failure` when the console's process has died."""
    if console and not console.alive():
        raise Failure(f"the console died ({console.how_it_ended()}): {console.last_line()}")
    return False


def install(console: Console) -> None:
    """`npm ci`, when what is installed is not what the lock file says."""
    marker = console.path / "node_modules" / ".package-lock.json"
    with _installing:
        if marker.exists() and marker.stat().st_mtime >= (console.path / "package-lock.json").stat().st_mtime:
            return
        say("Installing what the web console is built with ...")
        _npm(console, "ci", "--no-audit", "--no-fund")


def build(console: Console) -> None:
    """Into `dist/`, when a source is younger than what is there."""
    install(console)
    built = console.path / "dist" / "index.html"
    if built.exists() and built.stat().st_mtime >= max(path.stat().st_mtime for path in _sources(console)):
        return
    say("Building the web console ...")
    _npm(console, "run", "build")


def _sources(console: Console) -> list[Path]:
    files = [path for folder in ("src", "public", "scripts") for path in (console.path / folder).rglob("*")]
    contracts = console.path.parent.glob("*/openapi.yaml")
    generated = console.path / "src" / "api" / "generated"
    own = [path for path in files if path.is_file() and generated not in path.parents]
    return [*own, *contracts, console.path / "index.html", console.path / "vite.config.ts"]


def _npm(console: Console, *arguments: str) -> None:
    done = subprocess.run(["npm", *arguments], cwd=console.path, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if "error" in line.lower()]
        reason = lines[0].strip() if lines else f"exit code {done.returncode}"
        raise Failure(f"`npm {' '.join(arguments)}` in {console.folder}/ failed: {reason}")


def _wait(console: Console, child: Child) -> None:
    deadline = time.monotonic() + _WITHIN
    while time.monotonic() < deadline:
        require_alive(child)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{console.port}/", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    child.stop()
    raise Failure(f"the console did not answer within {_WITHIN:.0f} s: {child.last_line()}")
