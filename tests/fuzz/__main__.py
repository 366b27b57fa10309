"""Throws what schemathesis makes of each committed schema at the running service, as nobody and as each role.

    python -m tests.fuzz [SERVICE ...] [--seconds N] [--keep DIR]

First the stories of tests/fuzz/stories, then the fuzzing, `--seconds` for each schema in all. Exit status 1 when an
operation was never answered with 2xx, an answer was 5xx or not as documented, or a check of schemathesis failed.
"""

import argparse
import collections
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from schemathesis.core.failures import FailureGroup
from suite import topology
from suite.console import Failure, colour, fail, say, table
from suite.paths import ROOT
from suite.topology import Service

from tests.e2e import servers
from tests.e2e.running import Running, running_suite
from tests.fuzz.cast import PROVIDER_SECRET, Cast, Record, operations
from tests.fuzz.report import Verdict, judge

# Those who can do little come first: what an administrator's run ends, nobody needs after it.
ROLES = ("", "employee", "agent2", "coordinator2", "admin")
# An admin who tries everything also closes the accounts of those who come after, but not root's.
AUTH_ROLES = (*ROLES[:-1], "hdts-admin", ROLES[-1], "root@example.com")


@dataclass
class Part:
    """What is done with one service; `folder` takes the logs and the record of the answers."""

    running: Running
    service: Service
    folder: Path
    seconds: int

    @property
    def record(self) -> Record:
        return Record(self.folder / f"{self.service.folder}.jsonl")

    def run(self) -> Verdict:
        self.record.path.touch()
        cast = Cast(self.running, self.service, self.record)
        if self.service.name == "auth-service":
            cast.superuser()
        troubles = [*self._stories(cast), *self._fuzz(cast)]
        return judge(operations(self.service.folder), self.record.path, troubles)

    def _stories(self, cast: Cast) -> list[str]:
        troubles = []
        for story in importlib.import_module(f"tests.fuzz.stories.{self.service.folder}").STORIES:
            try:
                story(cast)
            except (Failure, FailureGroup) as error:
                troubles.append(f"story {story.__name__}: {error}")
        return troubles

    def _fuzz(self, cast: Cast) -> list[str]:
        roles = AUTH_ROLES if self.service.name == "auth-service" else ROLES
        troubles = []
        for role in roles if self.seconds else ():
            name = role.partition("@")[0] or "nobody"
            log = self.folder / f"{self.service.folder}-{name}.log"
            say(f"  {self.service.folder} as {name} ({self.seconds // len(roles)} s) ...")
            code = self._schemathesis(role, cast, log, self.seconds // len(roles))
            if code:
                troubles.append(f"schemathesis as {name}: exit code {code}, see {log}\n{failures_of(log.read_text())}")
        return troubles

    def _schemathesis(self, role: str, cast: Cast, log: Path, seconds: int) -> int:
        command = [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            str(ROOT / "tests/fuzz/schemathesis.toml"),
        ]
        command += ["run", str(ROOT / self.service.folder / "openapi.yaml"), "--url", self.service.url, "--no-color"]
        command += ["--max-time", str(seconds), "--generation-database", ":memory:"]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "Scripts")]),
            "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
            "FUZZ_AUTH_URL": self.running.url("auth-service"),
            "FUZZ_USERNAME": role,
            "FUZZ_PASSWORD": cast.password(role) if role else "",
            "FUZZ_RECORD": str(self.record.path),
        }
        with log.open("w", encoding="utf-8") as out:
            done = subprocess.run(command, cwd=self.folder, env=environment, stdout=out, stderr=out, check=False)
        return done.returncode


def failures_of(log: str) -> str:
    """The lines of a log that name failures: which operation, which check."""
    wanted = [line for line in log.splitlines() if line.startswith(("- ST", "____", "❌", "  ❌"))]
    return "\n".join(f"    {line.strip(' _')}" for line in wanted[:60])


def show(folder: str, verdict: Verdict) -> None:
    """A table of the answers of each operation, and what is wrong."""
    rows = [
        [
            name,
            sum(counted.values()),
            verdict.successes(name),
            ", ".join(f"{s}: {n}" for s, n in sorted(counted.items())),
        ]
        for name, counted in verdict.answers.items()
    ]
    say(f"\n{folder}\n{table(['operation', 'answers', '2xx', 'by status'], rows)}")
    for trouble in verdict.troubles:
        say(colour(f"  {trouble}", "red"))


def chosen(names: Sequence[str]) -> list[Service]:
    """The services of these folders, all without any."""
    every = topology.load().services
    if unknown := set(names) - {service.folder for service in every}:
        raise Failure(f"no service {', '.join(unknown)}; one of: {', '.join(service.folder for service in every)}")
    found = [service for service in every if not names or service.folder in names]
    # auth comes last: its administrators' runs end the accounts of the others.
    return sorted(found, key=lambda service: service.folder == "auth")


def run(options: argparse.Namespace) -> int:
    """Starts one suite, and goes through the services one after the other."""
    wanted = [service.name for service in chosen(options.services)]
    folder = Path(options.keep or tempfile.mkdtemp(prefix="tts-fuzz-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jsonl"):
        old.unlink()
    verdicts: dict[str, Verdict] = {}
    environment = {
        "NOTIFICATION_PUBLIC_URL": "https://help.example.com/notifications",
        "EMAIL_PROVIDER_SETTINGS": json.dumps({"WEBHOOK_SECRET": PROVIDER_SECRET}),
    }
    with (
        servers.postgresql() as database,
        running_suite(database_url=database.url("postgres"), environment=environment) as running,
    ):

        def work() -> None:
            for name in wanted:
                service = running.suite.topology[name]
                verdicts[service.folder] = Part(running, service, folder, options.seconds).run()

        running.during(work)
    for name, verdict in verdicts.items():
        show(name, verdict)
    failed = [name for name, verdict in verdicts.items() if verdict.troubles]
    counted = collections.Counter(v for verdict in verdicts.values() for v in verdict.totals())
    say(f"\n{sum(counted.values())} answers; logs in {folder}")
    say(f"{len(verdicts) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").splitlines()[0])
    result.add_argument("services", nargs="*", metavar="SERVICE", help="its folder, e.g. auth; all of them without any")
    result.add_argument("--seconds", type=int, default=300, help="of fuzzing for each schema (300); 0: stories only")
    result.add_argument("--keep", metavar="DIR", help="where logs and answers go (a new temporary folder)")
    return result


if __name__ == "__main__":
    try:
        raise SystemExit(run(parser().parse_args()))
    except Failure as failure:
        fail(str(failure))
