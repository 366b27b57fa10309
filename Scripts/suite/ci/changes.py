"""Which parts of the repository a change concerns, so that CI checks those and no others.

`python Scripts/changes.py --base REF` prints them as JSON; with GITHUB_OUTPUT set they also become the step's outputs.
"""

import argparse
import json
import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from suite import topology
from suite.paths import ROOT

# A change here may break any part: the libraries, what is installed, how it is built, started and checked.
_EVERYTHING = ("libs/", "contracts/", "Scripts/", "Docker/", "tests/", ".github/", ".ci/")
_EVERYTHING_FILES = ("constraints.txt", "pyproject.toml", "topology.toml", ".dockerignore")
_NO_CODE = re.compile(r"^(docs/.*|[^/]+\.md|LICENSE|\.gitignore|\.github/(CODEOWNERS|[^/]+\.md))$")
_NOTHING = "0" * 40


@dataclass(frozen=True)
class Changes:
    """`parts` are the folders of the services, and `libs`, whose tests are due."""

    parts: tuple[str, ...]
    services: tuple[str, ...]
    frontend: bool
    code: bool

    def outputs(self) -> Mapping[str, str]:
        return {
            "parts": json.dumps(self.parts),
            "services": json.dumps(self.services),
            "frontend": json.dumps(self.frontend),
            "code": json.dumps(self.code),
        }


def of(files: Iterable[str] | None) -> Changes:
    """The parts that these files belong to; None means that nobody knows what changed: everything."""
    folders = tuple(service.folder for service in topology.load().services)
    has_frontend = (ROOT / "frontend" / "package.json").is_file()
    if files is None:
        return Changes((*folders, "libs"), folders, has_frontend, True)
    relevant = [name for name in files if not _NO_CODE.match(name)]
    everything = any(name.startswith(_EVERYTHING) or name in _EVERYTHING_FILES for name in relevant)
    touched = tuple(f for f in folders if everything or any(name.startswith(f"{f}/") for name in relevant))
    frontend = everything or any(name.startswith("frontend/") or name.endswith("/openapi.yaml") for name in relevant)
    parts = (*touched, "libs") if everything else touched
    return Changes(parts, touched, has_frontend and frontend, bool(relevant))


def files_since(base: str, cwd: Path = ROOT) -> list[str] | None:
    """The names that differ from where this branch left `base`; None where git cannot say (new branch, lost commit)."""
    if not base or base == _NOTHING:
        return None
    command = ["git", "diff", "--name-only", "--no-renames", f"{base}...HEAD"]
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else None


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="", help="a commit or branch; without it everything counts as changed")
    options = parser.parse_args(arguments)
    outputs = of(files_since(options.base)).outputs()
    text = "".join(f"{name}={value}\n" for name, value in outputs.items())
    print(text, end="")
    if environ.get("GITHUB_OUTPUT"):
        with Path(environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
            file.write(text)
    return 0
