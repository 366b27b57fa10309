"""The running gateway: gives each version its share of the requests, and tells what it saw."""

import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from suite import gateway
from suite.console import Failure
from suite.rollout.gates import Observed
from suite.stack import Stack
from suite.topology import Topology

_FILE = "/etc/nginx/conf.d/weights.conf"
# What nginx does not accept is taken back before anybody notices.
_REPLACE = f"""
cp {_FILE} /tmp/weights.before && cat > {_FILE}
if ! nginx -t -q; then cp /tmp/weights.before {_FILE}; exit 1; fi
nginx -s reload 2>/dev/null
"""


def weigh(stack: Stack, shape: Topology, greens: Mapping[str, tuple[str, int]]) -> None:
    """Gives each host in `greens` its percentage; without any, all goes where it goes after a start of the gateway.

    Requests that are under way end where they began: nginx reloads gracefully.
    """
    command = stack.command("exec", "--no-TTY", "gateway", "sh", "-c", _REPLACE)
    text = gateway.render_weights(shape, greens)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise Failure(f"the gateway does not take the weights: {done.stderr.strip()[-300:]}")


@contextmanager
def watched(stack: Stack) -> Iterator[Observed]:
    """The requests that the gateway logs from now on."""
    observed = Observed()
    command = stack.command("logs", "--follow", "--no-log-prefix", "--no-color", "--tail", "0", "gateway")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        if process.stdout is None:
            raise Failure("the gateway's log cannot be read")
        reader = threading.Thread(target=observed.read, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            yield observed
        finally:
            process.terminate()
            reader.join(timeout=5)
