"""The tests of healthcheck and jsonlog on the newest Django and every Python that is here: `-m suite.newest`.

Looks for python3.11 to python3.13 on the PATH and in pyenv; each gets an environment of its own.
The suite itself runs on pinned versions (`Scripts/test.sh`); these two libraries promise more.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from suite.console import say
from suite.paths import ROOT

LIBRARIES = {"healthcheck": "celery,metrics", "jsonlog": "django,celery,sentry,otel"}
PYTHONS = ("3.11", "3.12", "3.13")
PACKAGES = (
    "django<7",
    "celery",
    "prometheus-client",
    "psycopg2-binary",
    "sentry-sdk",
    "jsonschema",
    "opentelemetry-sdk",
)


def interpreters() -> list[Path]:
    """One of each version that is here."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = []
    for version in PYTHONS:
        installed = sorted(pyenv.glob(f"{version}.*/bin/python"))
        here = str(installed[-1]) if installed else shutil.which(f"python{version}")
        if here:
            found.append(Path(here))
    return found


def passes(python: Path) -> bool:
    """Whether both libraries' tests pass there."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        inside = Path(folder) / "bin" / "python"
        install = [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        subprocess.run([*install, *(f"{ROOT}/libs/{name}[{extras}]" for name, extras in LIBRARIES.items())], check=True)
        versions = "import django, sys; print(f'Python {sys.version.split()[0]}, Django {django.__version__}')"
        say(subprocess.run([inside, "-c", versions], check=True, capture_output=True, text=True).stdout.strip())
        test = [str(inside), "-m", "django", "test", "--settings=tests.settings"]
        codes = [subprocess.run(test, cwd=ROOT / "libs" / name, check=False).returncode for name in LIBRARIES]
        return not any(codes)


def main() -> int:
    """Exit status 1 when a test failed, or when there was no Python to run one."""
    verdicts = [passes(python) for python in interpreters()]
    return 0 if verdicts and all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
