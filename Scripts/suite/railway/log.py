"""The log of deployments, one JSON line each, and the figures computed from it beside their targets."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

DAY = 86400.0


@dataclass(frozen=True)
class Entry:
    """Times are seconds since 1970; `outcome` is the name of a suite.railway.deploy.Outcome."""

    environment: str
    commit: str
    committed: float
    started: float
    finished: float
    outcome: str
    reason: str


def append(path: Path, entry: Entry) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(entry)) + "\n")


def read(path: Path) -> list[Entry]:
    if not path.is_file():
        return []
    return [Entry(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def indicators(entries: Sequence[Entry], *, now: float, days: int = 30) -> list[tuple[str, str, str]]:
    """Name, target and present figure of the described indicators, over the last `days`."""
    recent = [entry for entry in entries if entry.finished >= now - days * DAY and entry.outcome != "NOTHING_CHANGED"]
    good = [entry for entry in recent if entry.outcome == "DEPLOYED"]
    lead = statistics.median([entry.finished - entry.committed for entry in good]) if good else None
    repairs = _repairs(recent)
    return [
        ("Deployment frequency", "daily", f"{len(good) / days:.2f} a day"),
        ("Lead time, commit to production", "< 1 hour", _minutes(lead)),
        ("Change failure rate", "< 5 %", f"{(len(recent) - len(good)) / len(recent):.0%}" if recent else "-"),
        ("Mean time to recovery", "< 15 minutes", _minutes(statistics.mean(repairs) if repairs else None)),
    ]


def _repairs(entries: Sequence[Entry]) -> list[float]:
    """From the start of a deployment that broke to the moment when something healthy ran again."""
    found: list[float] = []
    broken: float | None = None
    for entry in sorted(entries, key=lambda entry: entry.started):
        if entry.outcome == "ROLLED_BACK":
            found.append(entry.finished - entry.started)
        elif entry.outcome == "DEPLOYED" and broken is not None:
            found.append(entry.finished - broken)
            broken = None
        elif entry.outcome != "DEPLOYED" and broken is None:
            broken = entry.started
    return found


def _minutes(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds / 60:.0f} minutes"


def markdown(environment: str, entries: Sequence[Entry], *, now: float) -> str:
    """The table of the job summary."""
    rows = indicators([entry for entry in entries if entry.environment == environment], now=now)
    lines = [f"### Deployments to {environment}, last 30 days", "", "| indicator | target | now |", "|---|---|---|"]
    return "\n".join(lines + [f"| {name} | {target} | {value} |" for name, target, value in rows]) + "\n"
