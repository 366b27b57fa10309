"""The shares of unit, integration and end-to-end tests, beside those that were described.

A test of a service or library that has the database (Django's TransactionTestCase and its subclasses) is an
integration test, one without it a unit test; what lies in tests/e2e drives the running suite.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest import TestLoader, TestSuite

from suite import topology
from suite.console import Failure
from suite.paths import LIBS, ROOT, SCRIPTS

DESCRIBED = {"unit": 60, "integration": 30, "end to end": 10}
_COUNT = """
import json, django
from unittest import TestSuite
from django.test import TransactionTestCase
from django.test.runner import DiscoverRunner
django.setup()
def tests(suite):
    for test in suite:
        yield from tests(test) if isinstance(test, TestSuite) else [test]
kinds = [isinstance(test, TransactionTestCase) for test in tests(DiscoverRunner(verbosity=0).build_suite())]
print(json.dumps({"integration": sum(kinds), "unit": len(kinds) - sum(kinds)}))
"""


def measure() -> Counter[str]:
    """The number of tests of each kind, each counted once, however many databases it runs on."""
    counted: Counter[str] = Counter()
    for service in topology.load().services:
        counted.update(_of_django(service.path, "config.settings"))
    for lib in LIBS:
        counted.update(_of_django(ROOT / "libs" / lib, "tests.settings"))
    for name in ("architecture", "scripts"):
        counted["unit"] += _of_folder(ROOT / "tests" / name)
    counted["end to end"] += _of_folder(ROOT / "tests" / "e2e")
    return counted


def markdown(counted: Counter[str]) -> str:
    lines = ["### Tests", "", "| kind | described | tests | share |", "|---|---:|---:|---:|"]
    for kind, described in DESCRIBED.items():
        share = 100 * counted[kind] / max(counted.total(), 1)
        lines.append(f"| {kind} | {described} % | {counted[kind]} | {share:.0f} % |")
    return "\n".join(lines) + "\n"


def _of_django(folder: Path, settings: str) -> dict[str, int]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "DATABASE_URL"))}
    environment = kept | {"DJANGO_SETTINGS_MODULE": settings, "DJANGO_ENV": "test"}
    command = [sys.executable, "-c", _COUNT]
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"the tests of {folder.name} cannot be loaded: {done.stderr.strip()[-500:]}")
    counts: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return counts


def _of_folder(folder: Path) -> int:
    sys.path[:0] = [path for path in (str(ROOT), str(SCRIPTS)) if path not in sys.path]
    return sum(1 for _ in _tests(TestLoader().discover(str(folder), top_level_dir=str(ROOT))))


def _tests(suite: TestSuite) -> Iterator[object]:
    for test in suite:
        if isinstance(test, TestSuite):
            yield from _tests(test)
        else:
            yield test
