"""The services' images: built one after the other from the one Dockerfile, and tagged."""

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence

from suite.console import Failure, say
from suite.paths import ROOT
from suite.stack import DOCKER
from suite.topology import Service


def reference(service: Service, variables: Mapping[str, str]) -> str:
    """`tts/ticket_service:latest`."""
    return f"{variables['DOCKER_REGISTRY']}/{service.folder}:{variables['TAG']}"


def build_command(service: Service, tags: Sequence[str], *, python_image: str, revision: str) -> list[str]:
    command = ["docker", "build", "--quiet", *_cache(os.environ), "--file", str(DOCKER / "service.Dockerfile")]
    arguments = {
        "SERVICE": service.folder,
        "PYTHON_IMAGE": python_image,
        "REVISION": revision,
        "VERSION": version(service),
    }
    for name, value in arguments.items():
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


def build(services: Sequence[Service], variables: Mapping[str, str], *, tags: Sequence[str] = ()) -> list[str]:
    """Builds each service's image as `reference` and under the extra tags; answers all names given.

    One at a time: they share most layers, and a laptop has better use for its memory.
    """
    # No revision for the everyday image: it would make another image of the same files at every commit.
    revision = git_revision() if tags else ""
    given = []
    for service in services:
        names = [reference(service, variables)]
        names += [f"{variables['DOCKER_REGISTRY']}/{service.folder}:{tag}" for tag in tags]
        given += build_one(service, list(dict.fromkeys(names)), variables, revision)
    return given


def build_one(service: Service, names: list[str], variables: Mapping[str, str], revision: str) -> list[str]:
    """Builds one service's image under these names, which it answers."""
    begun = time.monotonic()
    command = build_command(service, names, python_image=variables["PYTHON_IMAGE"], revision=revision or "unknown")
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
