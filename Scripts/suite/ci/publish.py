"""The images of a commit in a registry: pushed once, after they were tried; a release gives the same bytes a version.

`python Scripts/images.py push --registry ghcr.io/owner/repo` pushes what `Scripts/docker.sh --build-only` has built, as
REGISTRY/SERVICE:COMMIT, and prints the digests; `promote --version 1.2.3` names those of this commit 1.2.3 and latest,
if the pipeline of the commit has passed (its check `ci-ok`, asked of GitHub with GITHUB_TOKEN and GITHUB_REPOSITORY).
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from suite import images, topology
from suite.ci.github import GitHub
from suite.ci.release import VERSION
from suite.console import Failure, say

CHECK = "ci-ok"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def push(registry: str, local: str, commit: str, services: Sequence[str]) -> list[dict[str, str]]:
    """Pushes `LOCAL/SERVICE:COMMIT`; answers `{"service", "image", "digest"}` of each, as the registry has it."""
    pushed_images = []
    for service in services:
        remote = f"{registry}/{service}:{commit}"
        _docker("tag", f"{local}/{service}:{commit}", remote)
        pushed = _docker("push", remote)
        found = _DIGEST.search(pushed)
        if not found:
            raise Failure(f"docker push {remote} names no digest:\n{pushed[-500:]}")
        pushed_images.append({"service": service, "image": f"{registry}/{service}", "digest": found[0]})
        say(f"{registry}/{service}@{found[0]}")
    return pushed_images


def require_passed(github: GitHub, commit: str) -> None:
    """Raises `Failure` unless the newest `ci-ok` of the commit is a success."""
    runs = github.get(f"/commits/{commit}/check-runs?check_name={CHECK}&filter=latest")["check_runs"]
    conclusions = {str(run["conclusion"] or run["status"]) for run in runs}
    if conclusions != {"success"}:
        found = ", ".join(sorted(conclusions)) or "it has not run"
        raise Failure(f"{CHECK} of {commit} is no success: {found}; push the commit to main, wait for it, tag again")


def promote(registry: str, commit: str, version: str, services: Sequence[str]) -> None:
    """Gives the tried images of the commit the version's name. All are looked up before the first is named."""
    for service in services:
        try:
            _docker("buildx", "imagetools", "inspect", f"{registry}/{service}:{commit}")
        except Failure as failure:
            raise Failure(
                f"{registry}/{service}:{commit} is not there: the pipeline of this commit has to end before its "
                f"release ({failure})"
            ) from failure
    for service in services:
        names = [argument for tag in (version, "latest") for argument in ("--tag", f"{registry}/{service}:{tag}")]
        _docker("buildx", "imagetools", "create", *names, f"{registry}/{service}:{commit}")
        say(f"{registry}/{service}:{version}")


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["push", "promote"])
    parser.add_argument("--registry", required=True, help="e.g. ghcr.io/owner/repository; taken in lower case")
    parser.add_argument("--local", default=environ.get("DOCKER_REGISTRY") or "tts", help="of the built images (tts)")
    parser.add_argument("--commit", default="", help="its full id (HEAD)")
    parser.add_argument("--version", default="", help="of the release, for promote: 1.2.3 or v1.2.3")
    options = parser.parse_args(arguments)
    shape = topology.load()
    services = [service.folder for service in shape.services] + ([shape.console.name] if shape.console else [])
    registry, commit = options.registry.lower(), options.commit or images.git_revision()
    try:
        if options.what == "push":
            _write_output(push(registry, options.local, commit, services), environ)
            return 0
        if not VERSION.match(options.version):
            raise Failure(f"--version {options.version!r} is not MAJOR.MINOR.PATCH")
        require_passed(GitHub.from_environment(environ), commit)
        promote(registry, commit, options.version.removeprefix("v"), services)
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    return 0


def _write_output(pushed: list[dict[str, str]], environ: Mapping[str, str]) -> None:
    if environ.get("GITHUB_OUTPUT"):
        with Path(environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
            file.write(f"images={json.dumps(pushed)}\n")


def _docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"docker {' '.join(arguments[:3])}: {done.stderr.strip()[-500:]}")
    return done.stdout
