"""Virtual environments, made with uv and again only when what they are made from has changed. Standard library only."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterable, Sequence
from pathlib import Path

from suite.console import Failure, say
from suite.paths import CACHE, LIBS, ROOT, SCRIPTS

_STAMP = ".tts-stamp"


def digest(files: Iterable[Path], *extra: str) -> str:
    """A hash of the files' names and contents and of the extra texts; a file that is not there counts as such."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).encode())
        total.update(path.read_bytes() if path.is_file() else b"-")
    for text in extra:
        total.update(b"\0" + text.encode())
    return total.hexdigest()[:24]


def requirement_files(folders: Sequence[str]) -> list[Path]:
    """Everything that decides what an environment of these folders holds."""
    files = [ROOT / "constraints.txt", *(ROOT / "libs" / lib / "pyproject.toml" for lib in LIBS)]
    for folder in folders:
        files += [ROOT / folder / "requirements.txt", ROOT / folder / "requirements-dev.txt"]
    return files


def third_party(folders: Sequence[str], *, dev: bool = False) -> list[str]:
    """The requirements of these folders without our own libraries, e.g. `["celery", "django"]`."""
    names = ["requirements.txt", "requirements-dev.txt"] if dev else ["requirements.txt"]
    wanted: set[str] = set()
    for path in (ROOT / folder / name for folder in folders for name in names):
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        wanted |= {line.strip() for line in lines if re.match(r"[A-Za-z0-9]", line)}
    return sorted(wanted)


def shared_environment(directory: Path, folders: Sequence[str], *, dev: bool = False) -> None:
    """One environment for all of `folders`, with our libraries from their sources, so that an edit takes effect."""
    libs = [argument for lib in LIBS for argument in ("-e", f"{ROOT / 'libs' / lib}{_extras(lib) if dev else ''}")]
    packages = third_party([*folders, "Scripts"], dev=dev)
    stamp = digest(requirement_files([*folders, "Scripts"]), sys.version, "dev" if dev else "")
    if _ensure(directory, stamp, ["-c", str(ROOT / "constraints.txt"), *packages, *libs], cwd=ROOT) and dev:
        shutil.rmtree(CACHE / "mypy", ignore_errors=True)  # mypy does not notice a package that has come since


def service_environment(directory: Path, folder: str) -> None:
    """An environment with only this service's requirements, made the way its README says: inside its folder."""
    sources = [path for lib in LIBS for path in sorted((ROOT / "libs" / lib / "src").rglob("*.py"))]
    stamp = digest([*requirement_files([folder]), *sources], sys.version)
    _ensure(directory, stamp, ["-r", "requirements.txt"], cwd=ROOT / folder)


def _extras(lib: str) -> str:
    """All optional parts of a library, as pip writes them: `[health,schema]`."""
    project = tomllib.loads((ROOT / "libs" / lib / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = sorted(project.get("optional-dependencies", {}))
    return f"[{','.join(names)}]" if names else ""


def python_of(directory: Path) -> Path:
    return directory / "bin" / "python"


def _ensure(directory: Path, stamp: str, arguments: list[str], *, cwd: Path) -> bool:
    """Installs unless that has been done for this stamp; answers whether it did."""
    mark = directory / _STAMP
    if mark.is_file() and mark.read_text() == stamp and _works(directory):
        return False
    mark.unlink(missing_ok=True)
    if not _works(directory):
        say(f"Making the environment {directory.relative_to(ROOT)} (Python {sys.version.split()[0]}) ...")
        _create(directory)
    say(f"Installing requirements into {directory.relative_to(ROOT)} ...")
    uv = _uv(directory)
    # uv keeps what it has built of a folder until its pyproject.toml changes; the sources count as well.
    reinstall = [x for lib in LIBS for x in ("--reinstall-package", f"tts-{lib}")]
    command = [uv, "pip", "install", "--quiet", "--python", str(python_of(directory))]
    _run([*command, "--build-constraints", str(ROOT / "constraints.txt"), *reinstall, *arguments], cwd=cwd)
    mark.write_text(stamp)
    return True


def _works(directory: Path) -> bool:
    python = python_of(directory)
    return python.exists() and subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode == 0


def _create(directory: Path) -> None:
    if directory.exists():
        shutil.rmtree(directory)
    try:
        venv.EnvBuilder(with_pip=True, symlinks=True).create(directory)
    except (subprocess.CalledProcessError, OSError) as error:
        shutil.rmtree(directory, ignore_errors=True)
        raise Failure(
            f"{sys.executable} cannot make a virtual environment ({type(error).__name__}); "
            "on Debian and Ubuntu install python3-venv, or name another interpreter: PYTHON=/path/to/python3.11"
        ) from error


def _uv(directory: Path) -> str:
    """The pinned uv: the one in the environment, which pip installs first."""
    uv = directory / "bin" / "uv"
    if not uv.exists():
        pip = [str(python_of(directory)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "-c", str(ROOT / "constraints.txt"), "uv"], cwd=SCRIPTS)
    return str(uv)


def _run(command: list[str], *, cwd: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(command, cwd=cwd, env=environment, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Failure(f"installing failed in {cwd.relative_to(ROOT) or '.'}: {' '.join(command[:4])} (see above)")
