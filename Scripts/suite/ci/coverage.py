"""Runs tests under coverage, in any environment that has it, and holds the result to a gate.

`python Scripts/suite/ci/coverage.py --name auth --gate 80 -- manage.py test` leaves coverage.xml and summary.json in
.cache/coverage/auth/. Exit code: the tests' own; or 2 when they passed and too little was covered.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
REPORTS = ROOT / ".cache" / "coverage"


@dataclass(frozen=True)
class Summary:
    name: str
    percent: float
    gate: float

    @property
    def passed(self) -> bool:
        return self.percent >= self.gate


def measure(name: str, gate: float, arguments: Sequence[str]) -> int:
    folder = REPORTS / name.replace("/", "-")
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"COVERAGE_FILE": str(folder / "data"), "COVERAGE_RCFILE": str(ROOT / "pyproject.toml")}
    coverage = [sys.executable, "-m", "coverage"]

    def run(*command: str) -> int:
        return subprocess.run([*coverage, *command], env=environment, check=False).returncode

    for old in folder.glob("data*"):
        old.unlink()
    code = run("run", *arguments)
    if code == 0:
        code = run("combine", "-q")
        code = code or run("xml", "-q", "-o", str(folder / "coverage.xml"))
        code = code or run("json", "-q", "-o", str(folder / "coverage.json"))
    if code:
        return code
    percent = json.loads((folder / "coverage.json").read_text(encoding="utf-8"))["totals"]["percent_covered"]
    summary = Summary(name, round(percent, 2), gate)
    (folder / "summary.json").write_text(json.dumps(vars(summary)) + "\n", encoding="utf-8")
    if summary.passed:
        print(f"{name}: {summary.percent} % covered, at least {gate:g} % are asked for")
        return 0
    run("report", "--skip-covered", "--sort=miss")
    print(f"error: {name}: {summary.percent} % covered, but at least {gate:g} % are asked for", file=sys.stderr)
    return 2


def summaries(folder: Path = REPORTS) -> list[Summary]:
    """Of all runs below the folder, by name."""
    found = [Summary(**json.loads(path.read_text(encoding="utf-8"))) for path in folder.rglob("summary.json")]
    return sorted(found, key=lambda summary: summary.name)


def markdown(found: Sequence[Summary]) -> str:
    """A table for the job summary and the pull request's comment."""
    lines = ["### Coverage", "", "| part | covered | gate | |", "|---|---:|---:|---|"]
    lines += [f"| {s.name} | {s.percent:.1f} % | {s.gate:g} % | {'ok' if s.passed else '**too low**'} |" for s in found]
    return "\n".join(lines if found else ["### Coverage", "", "Nothing was measured for this change."]) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="of the part, e.g. auth or libs/eventbus")
    parser.add_argument("--gate", type=float, required=True, help="percent that must be covered")
    parser.add_argument("command", nargs="+", help="what `coverage run` is given")
    options = parser.parse_args(arguments)
    return measure(options.name, options.gate, options.command)


if __name__ == "__main__":
    sys.exit(main())
