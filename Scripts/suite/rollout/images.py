"""A service's images: which one runs, which one is to run, and what their migrations differ by."""

import json
import tempfile
from pathlib import Path

from suite.ci.migrations import problems
from suite.console import Failure
from suite.stack import Stack, output
from suite.topology import Service

STABLE = "latest-stable"
PREVIOUS = "previous"
CANDIDATE = "candidate"
VERSION_LABEL = "org.opencontainers.image.version"
_LIST = "cd / && find app libraries -path '*/migrations/[0-9]*.py' | sort"


def name(service: Service, stack: Stack, tag: str) -> str:
    return f"{stack.variables()['DOCKER_REGISTRY']}/{service.folder}:{tag}"


def image_id(reference: str) -> str:
    """The id of an image that is here; `Failure` when it is not."""
    try:
        return output(["docker", "image", "inspect", "--format", "{{.Id}}", reference]).strip()
    except Failure:
        raise Failure(f"there is no image {reference} here; build it or `docker pull` it first") from None


def version(reference: str) -> str:
    """What the image says its version is; "" when it does not say."""
    labels = json.loads(output(["docker", "image", "inspect", "--format", "{{json .Config.Labels}}", reference]))
    return str((labels or {}).get(VERSION_LABEL, ""))


def tag(source: str, target: str) -> None:
    output(["docker", "tag", source, target])


def migration_problems(previous: str, candidate: str) -> list[str]:
    """What the code of the image `previous` would not bear of the migrations that only `candidate` has."""
    fresh = sorted(set(_migrations(candidate)) - set(_migrations(previous)))
    with tempfile.TemporaryDirectory(prefix="tts-migrations-") as folder:
        found = []
        for place in fresh:
            file = Path(folder, Path(place).name)
            file.write_text(_in(candidate, "cat", f"/{place}"), encoding="utf-8")
            found += [f"{place} {problem}" for problem in problems(file)]
    return found


def _migrations(reference: str) -> list[str]:
    return _in(reference, "sh", "-c", _LIST).split()


def _in(reference: str, program: str, *arguments: str) -> str:
    return output(["docker", "run", "--rm", "--network", "none", "--entrypoint", program, reference, *arguments])
