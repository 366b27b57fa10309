"""`Scripts/lock.sh`: compiles constraints.txt with uv from every requirements file and library."""

import subprocess
import tempfile
import tomllib
from pathlib import Path

from suite import topology
from suite.console import Failure, say
from suite.install import python_of, third_party
from suite.paths import CACHE, LIBS, ROOT

_HEADER = """\
# Pins of every package that this repository installs, for Python 3.11 and newer. Made by `bash Scripts/lock.sh`, which
# runs `uv pip compile --universal --python-version 3.11` over what the requirements files of the services and Scripts
# and the pyproject.toml files of the libraries name. Do not edit: change those and run it again (`--upgrade` takes
# newer versions).
"""


def inputs() -> list[str]:
    """All third-party requirements of services, scripts and libraries, the bounds of the libraries included."""
    folders = [service.folder for service in topology.load().services]
    wanted = set(third_party([*folders, "Scripts"], dev=True))
    for lib in LIBS:
        project = tomllib.loads((ROOT / "libs" / lib / "pyproject.toml").read_text(encoding="utf-8"))
        asked = [*project["project"].get("dependencies", []), *project["build-system"]["requires"]]
        for extra in project["project"].get("optional-dependencies", {}).values():
            asked += extra
        wanted |= {name for name in asked if not name.startswith("tts-")}
    return sorted(wanted)


def run(*, upgrade: bool) -> int:
    pins = ROOT / "constraints.txt"
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.txt", Path(folder) / "out.txt"
        source.write_text("\n".join(inputs()) + "\n", encoding="utf-8")
        if pins.exists() and not upgrade:
            target.write_text(pins.read_text(encoding="utf-8"), encoding="utf-8")
        uv = python_of(CACHE / "venvs" / "dev").with_name("uv")
        command = [str(uv), "pip", "compile", "--universal", "--python-version", "3.11", "--quiet", "--no-header"]
        command += ["--no-annotate", "--output-file", str(target), str(source)]
        command += ["--upgrade"] if upgrade else []
        if subprocess.run(command, check=False, cwd=folder, stdout=subprocess.DEVNULL).returncode != 0:
            raise Failure("uv could not compile the requirements (see above); constraints.txt is as it was")
        pins.write_text(_HEADER + target.read_text(encoding="utf-8"), encoding="utf-8")
    say(f"constraints.txt: {len(pins.read_text().splitlines()) - _HEADER.count(chr(10))} pins")
    return 0
