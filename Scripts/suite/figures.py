"""`docker.sh stats`: what the images weigh above their base, and what each container holds of the memory."""

import json
import re

from suite import images
from suite.console import Failure, say, table
from suite.stack import Stack, output
from suite.topology import Topology

_UNITS = {"B": 1 / 2**20, "KiB": 1 / 2**10, "MiB": 1.0, "GiB": 2.0**10}


def run(shape: Topology, stack: Stack) -> int:
    variables = stack.variables()
    base = image_bytes(variables["PYTHON_IMAGE"])
    rows = [[name, image_bytes(name) / 1e6, (image_bytes(name) - base) / 1e6] for name in _ours(shape, variables)]
    say(table(["image", "MB uncompressed", "MB above its base"], rows) + "\n")
    running = {c.name for c in stack.containers() if c.state == "running"}
    if not running:
        raise Failure("nothing is running; `bash Scripts/docker.sh` starts the suite")
    ids = stack.run("ps", "--quiet").split()
    lines = output(["docker", "stats", "--no-stream", "--format", "{{json .}}", *ids]).splitlines()
    memory = sorted(_memory(json.loads(line), stack.project) for line in lines)
    say(table(["container", "MiB"], [list(row) for row in memory]))
    say(f"\n{len(memory)} containers hold {sum(size for _, size in memory):.0f} MiB.")
    return 0


def image_bytes(name: str) -> int:
    return int(output(["docker", "image", "inspect", "--format", "{{.Size}}", name]))


def mebibytes(text: str) -> float:
    """Of `docker stats`: `56.3MiB / 256MiB` -> 56.3."""
    found = re.match(r"([\d.]+)([A-Za-z]+)", text)
    if not found or found[2] not in _UNITS:
        raise Failure(f"docker stats says {text!r}, which is no amount of memory")
    return float(found[1]) * _UNITS[found[2]]


def _memory(record: dict[str, str], project: str) -> tuple[str, float]:
    name = record["Name"].removeprefix(f"{project}-")
    return re.sub(r"-\d+$", "", name), mebibytes(record["MemUsage"])


def _ours(shape: Topology, variables: dict[str, str]) -> list[str]:
    return [image.reference(variables) for image in images.all_of(shape, variables)]
