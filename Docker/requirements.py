"""Splits a service's requirements into what changes seldom and what changes with every commit, for two image layers.

`python requirements.py SERVICE TARGET` writes TARGET/third-party.txt (what comes from the index, the libraries' own
dependencies included), TARGET/build.txt (what builds the libraries) and TARGET/libs.txt (their folders, one a line).
"""

import sys
import tomllib
from pathlib import Path

# An installation chooses these by its environment, so every image can speak them.
EXTRAS = {"attachments": ["s3"], "jsonlog": ["sentry", "otel"]}


def main(service: str, target: Path) -> None:
    lines = Path(service, "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = [line.strip() for line in lines if line.strip() and not line.startswith(("#", "-"))]
    libs = sorted(name.removeprefix("../") for name in names if name.startswith("../libs/"))
    third_party = {name for name in names if not name.startswith("../")}
    build: set[str] = set()
    for lib in libs:
        project = tomllib.loads(Path(lib, "pyproject.toml").read_text(encoding="utf-8"))
        third_party |= set(project["project"].get("dependencies", []))
        for extra in EXTRAS.get(Path(lib).name, []):
            third_party |= set(project["project"]["optional-dependencies"][extra])
        build |= set(project["build-system"]["requires"])
    target.mkdir(parents=True, exist_ok=True)
    for name, entries in (("third-party", third_party), ("build", build), ("libs", set(libs))):
        kept = sorted(entry for entry in entries if not entry.startswith("tts-"))
        (target / f"{name}.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
