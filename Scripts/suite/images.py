"""The images: of the services, from their one Dockerfile, and of the console; built one after the other, and tagged."""

import json
import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from suite.console import Failure, say
from suite.paths import ROOT
from suite.stack import DOCKER
from suite.topology import Console, Service, Topology


@dataclass(frozen=True)
class Image:
    """One of ours: its name below the registry, and what it is built from."""

    name: str
    dockerfile: Path
    arguments: Mapping[str, str]

    def reference(self, variables: Mapping[str, str], tag: str = "") -> str:
        """`tts/ticket_service:latest`."""
        return f"{variables['DOCKER_REGISTRY']}/{self.name}:{tag or variables['TAG']}"


def all_of(shape: Topology, variables: Mapping[str, str]) -> list[Image]:
    """Of every service, and of the console."""
    console = [of_console(shape.console, variables)] if shape.console else []
    return [*(of_service(service, variables) for service in shape.services), *console]


def of_service(service: Service, variables: Mapping[str, str]) -> Image:
    arguments = {
        "SERVICE": service.folder,
        "PYTHON_IMAGE": variables["PYTHON_IMAGE"],
        "VERSION": version(service),
    }
    return Image(service.folder, DOCKER / "service.Dockerfile", arguments)


def of_console(console: Console, variables: Mapping[str, str]) -> Image:
    package = json.loads((console.path / "package.json").read_text(encoding="utf-8"))
    arguments = {name: variables[name] for name in ("NODE_IMAGE", "NGINX_IMAGE")} | {"VERSION": package["version"]}
    return Image(console.name, DOCKER / "console.Dockerfile", arguments)


def build_command(image: Image, tags: Sequence[str], *, revision: str) -> list[str]:
    command = ["docker", "build", "--quiet", *_cache(os.environ), "--file", str(image.dockerfile)]
    for name, value in {**image.arguments, "REVISION": revision}.items():
        command += ["--build-arg", f"{name}={value}"]
    for tag in tags:
        command += ["--tag", tag]
    return [*command, str(ROOT)]


def version(service: Service) -> str:
    """What the service's settings say, and with them its health endpoints."""
    found = re.search(r'^VERSION = "([^"]+)"', (service.path / "config" / "settings.py").read_text(), re.MULTILINE)
    if not found:
        raise Failure(f"{service.folder}/config/settings.py names no VERSION")
    return found[1]


def _cache(environ: Mapping[str, str]) -> list[str]:
    """IMAGE_CACHE names a folder that CI keeps between its machines; only buildx's own builders can export to one."""
    folder = environ.get("IMAGE_CACHE", "")
    if not folder:
        return []
    builder = environ.get("BUILDX_BUILDER", "")
    if not builder:
        raise Failure("IMAGE_CACHE needs a builder that exports layers: docker buildx create, and BUILDX_BUILDER=NAME")
    return ["--load", "--cache-from", f"type=local,src={folder}", "--cache-to", f"type=local,dest={folder},mode=max"]


def build(ours: Sequence[Image], variables: Mapping[str, str], *, tags: Sequence[str] = ()) -> list[str]:
    """Builds each image under its reference and under the extra tags; answers all names given.

    One at a time: they share most layers, and a laptop has better use for its memory.
    """
    # No revision for the everyday image: it would make another image of the same files at every commit.
    revision = git_revision() if tags else ""
    given = []
    for image in ours:
        names = [image.reference(variables, tag) for tag in ("", *tags)]
        given += build_one(image, list(dict.fromkeys(names)), revision)
    return given


def build_one(image: Image, names: list[str], revision: str) -> list[str]:
    """Builds one image under these names, which it answers."""
    begun = time.monotonic()
    command = build_command(image, names, revision=revision or "unknown")
    done = subprocess.run(
        command,
        env=os.environ | {"DOCKER_BUILDKIT": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Failure(f"building {names[0]} failed: {_reason(done.stderr)}\n{done.stderr[-4000:]}")
    say(f"  built  {names[0]:<40} {time.monotonic() - begun:5.1f} s")
    return names


def release_tags() -> list[str]:
    """`latest`, the time, and the commit where there is one: `["latest", "20261122013000", "0123abc..."]`."""
    revision = git_revision()
    return ["latest", time.strftime("%Y%m%d%H%M%S", time.gmtime()), *([revision] if revision else [])]


def git_revision() -> str:
    """The commit's full id; empty outside a repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _reason(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "error"))]
    return (errors or lines or ["docker build said nothing"])[-1]
