"""`drill.sh console`: how long people wait for the web console with 10,000 tickets behind it (frontend/bench/)."""

import os
import subprocess

from suite import frontend, servers
from suite.console import Failure, say
from suite.stack import Stack
from suite.topology import Topology

TICKETS = 10_000
MADE_UP = ("ticket-service", "workflow-api")  # those with `manage.py seed_bulk`
_WITHIN = 600.0  # seconds


def run(stack: Stack, shape: Topology) -> int:
    """1 when a promise was not kept. `Failure` where there is no Node.js or no Chromium."""
    console = shape.console
    if console is None:
        raise Failure("topology.toml has no [console]")
    if reason := frontend.lacking():
        raise Failure(reason)
    chromium = servers.browser()
    frontend.install(console)
    for name in MADE_UP:
        say(f"  {TICKETS} made-up rows in {name} ...")
        seed = ("bash", "entrypoint.sh", "manage", "seed_bulk", "--count", str(TICKETS))
        stack.run("exec", "--no-TTY", name, *seed, within=_WITHIN)
    environment = frontend.for_a_browser(
        origin=stack.variables()["PUBLIC_URL"], password=stack.variables()["SEED_ACCOUNT_PASSWORD"], chromium=chromium
    )
    command = ["node", "bench/load.mjs"]
    return subprocess.run(
        command, cwd=console.path, env=os.environ | environment, check=False, timeout=_WITHIN
    ).returncode
