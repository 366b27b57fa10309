"""What a request costs: CPU of application and database, latencies, and multiples of a bare Django view.

    python bench/http_cost.py [SERVICE ...] [--rows N] [--requests N] [--rounds N] [--json FILE]    (--help)

Starts a PostgreSQL 15 of its own, durable as in production, the suite on it, fills it (`seed_bulk`), ends every process
that is not measured, and asks one gunicorn worker of four threads over four connections. Each round asks the bare view,
on the same gunicorn settings, and then each scenario; a multiple is that within a round, and its interval holds the
median of the rounds with 95 % confidence. CPU milliseconds compare between machines and hours better than requests per
second do. Exit status 1 when an answer was not 2xx or a median is beyond its target.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "Scripts"), str(ROOT)]

import psutil  # noqa: E402 - what follows is found by the line above
import psycopg2  # noqa: E402
from suite.api import Client  # noqa: E402
from suite.console import Failure, fail, say, table  # noqa: E402
from suite.polling import until  # noqa: E402
from suite.ports import any_free  # noqa: E402
from suite.postgres import Cluster  # noqa: E402
from suite.processes import Child, stop_all  # noqa: E402
from suite.topology import Service  # noqa: E402
from tests.e2e import servers  # noqa: E402
from tests.e2e.running import Running, running_suite  # noqa: E402

from figures import median_interval, percentile  # noqa: E402
from load import Answers, Request, send  # noqa: E402
from scenarios import CONNECTIONS, SCENARIOS, Scenario  # noqa: E402

BULK = {"ticket_service": "seed_bulk", "workflow_api": "seed_bulk"}
# Two at once, as auth hashes: they share caches and memory, so that each costs more than one alone.
ARGON2 = """
import time
from concurrent.futures import ThreadPoolExecutor
from django.contrib.auth.hashers import check_password, make_password
hashed = make_password("correct horse")
def work(count):
    for _ in range(count):
        check_password("correct horse", hashed)
with ThreadPoolExecutor(2) as pool:
    list(pool.map(work, [1, 1]))
    begun = time.process_time()
    list(pool.map(work, [10, 10]))
    print((time.process_time() - begun) / 20 * 1000)
"""
BARE = Request("GET", "/")


@dataclass
class Stage:
    """The suite with one service under test: what scenarios ask for."""

    running: Running
    service: Service

    @property
    def password(self) -> str:
        """Of every seeded account."""
        return self.running.password

    def sign_in(self, username: str) -> Mapping[str, str]:
        """A fresh pair of tokens."""
        body = {"username": username, "password": self.password}
        answer = Client().post(f"{self.running.url('auth-service')}/api/v1/token/", body)
        return dict(Client().expect(answer, 200))

    def token(self, username: str) -> str:
        """An access token, good for ten minutes."""
        return self.sign_in(username)["access"]

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the service's database."""
        with contextlib.closing(psycopg2.connect(self.running.databases[self.service.name])) as connection:
            cursor = connection.cursor()
            cursor.execute(sql, values)
            return list(cursor.fetchall())

    def manage(self, *arguments: str) -> str:
        """What a management command of the service prints."""
        environment = self.running.suite.environments.of_service(self.service)
        command = ["bash", "entrypoint.sh", "manage", *arguments]
        done = subprocess.run(
            command, cwd=self.service.path, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Failure(f"{self.service.folder}: {arguments[0]} failed: {done.stderr[-400:]}")
        return done.stdout


@dataclass
class Measured:
    """One scenario over all rounds; CPU in milliseconds per request, one figure a round."""

    scenario: Scenario
    app: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    multiples: list[float] = field(default_factory=list)
    answers: list[Answers] = field(default_factory=list)

    def result(self) -> dict[str, Any]:
        """The figures of the table, as JSON."""
        latencies = [seconds * 1000 for answers in self.answers for seconds in answers.seconds]
        statuses: dict[int, int] = {}
        for answers in self.answers:
            for status, count in answers.statuses.items():
                statuses[status] = statuses.get(status, 0) + count
        result: dict[str, Any] = {
            "scenario": self.scenario.name,
            "requests": len(latencies),
            "per_second": round(len(latencies) / sum(answers.elapsed for answers in self.answers), 1),
            "app_cpu_ms": round(median_interval(self.app)[0], 2),
            "database_cpu_ms": round(median_interval(self.database)[0], 2),
            **{f"p{share}_ms": round(percentile(latencies, share / 100), 1) for share in (50, 95, 99)},
            "multiple": [round(value, 1) for value in median_interval(self.multiples)] if self.multiples else [1.0] * 3,
            "most": self.scenario.most,
            "most_ms": self.scenario.most_ms,
            "statuses": statuses,
        }
        errors = [answers.error for answers in self.answers if answers.error]
        promises = ((result["multiple"][0], self.scenario.most), (result["app_cpu_ms"], self.scenario.most_ms))
        result["kept"] = not errors and all(most is None or measured <= most for measured, most in promises)
        return result | ({"error": errors[-1]} if errors else {})


def cpu(pid: int) -> float:
    """CPU seconds of a process and its children, those that have ended included."""
    parent = psutil.Process(pid)
    total = 0.0
    for process in [parent, *parent.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
            if process.pid == pid:
                total += times.children_user + times.children_system
    return total


@dataclass(frozen=True)
class Target:
    """A server under load."""

    child: Child
    port: int


def measure(
    stage: Stage, targets: Mapping[str, Target], cluster: Cluster, options: argparse.Namespace
) -> list[Measured]:
    """The bare view and every scenario of the service, in turns."""
    if cluster.child is None:
        raise Failure("PostgreSQL has not been started")
    baseline = Measured(Scenario("bare view", lambda _: lambda *_: BARE, process="bare"))
    measured = [Measured(scenario) for scenario in SCENARIOS[stage.service.folder]]
    for number in range(options.rounds + 1):
        # The first round warms caches and connections up, and is not counted.
        say(f"  {stage.service.folder}: round {number} of {options.rounds}")
        for one in [baseline, *measured]:
            target = targets[one.scenario.process]
            count = max(int(options.requests * one.scenario.share), CONNECTIONS)
            maker = one.scenario.make(stage)
            app, database = cpu(target.child.pid), cpu(cluster.child.pid)
            answers = send(target.port, maker, count=count, connections=one.scenario.connections)
            app, database = (cpu(target.child.pid) - app) / count, (cpu(cluster.child.pid) - database) / count
            if number == 0:
                continue
            one.app.append(app * 1000)
            one.database.append(0.0 if one is baseline else database * 1000)
            one.answers.append(answers)
            if one is not baseline:
                one.multiples.append((app + database) * 1000 / baseline.app[-1])
    return [baseline, *measured]


@contextlib.contextmanager
def gunicorn(name: str, application: str, cwd: Path, folder: Path, environment: Mapping[str, str]) -> Iterator[Target]:
    """A server with the services' own settings of gunicorn."""
    port = any_free()
    environment = {**environment, "PYTHONPATH": str(ROOT / "bench"), "PORT": str(port), "BIND": "127.0.0.1"}
    command = [str(Path(sys.executable).with_name("gunicorn")), "-c", "python:servicekit.gunicorn", application]
    child = Child(name=name, command=command, cwd=cwd, env=environment, log=folder / f"{name}.log")
    child.start()
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                Client().get(f"http://127.0.0.1:{port}/")
                break
            except Failure:
                if time.monotonic() > deadline or not child.alive():
                    raise
                time.sleep(0.1)
        yield Target(child, port)
    finally:
        child.stop()


@contextlib.contextmanager
def servers_of(stage: Stage) -> Iterator[dict[str, Target]]:
    """The service itself, the bare view, and for auth one more whose passwords cost nothing."""
    home, service = stage.running.suite.state.home, stage.service
    bare = os.environ | {"DJANGO_SETTINGS_MODULE": "bare.settings", "DJANGO_ENV": "development"}
    cheap = stage.running.suite.environments.of_service(service) | {"DJANGO_SETTINGS_MODULE": "cheap.settings"}
    with contextlib.ExitStack() as stack:
        found = {"web": Target(stage.running.suite.member(service.name, "web").child, service.port)}
        found["bare"] = stack.enter_context(gunicorn("bare", "bare.wsgi:application", home, home, bare))
        if service.folder == "auth":
            started = gunicorn("cheap", "config.wsgi:application", service.path, home, cheap)
            found["cheap hash"] = stack.enter_context(started)
        yield found


def only_what_is_measured(running: Running, service: Service) -> None:
    """Ends the other processes: their polling would count as the database's cost of our requests."""
    wanted = {("auth-service", "web"), (service.name, "web")}
    others = [m.child for m in running.suite.members if (m.service.name, m.process.name) not in wanted]
    stop_all(others)


def bench(folder: str, options: argparse.Namespace) -> dict[str, Any]:
    """One service on a suite of its own."""
    with servers.postgresql() as cluster, running_suite(database_url=cluster.url("postgres")) as running:
        service = next(service for service in running.suite.topology.services if service.folder == folder)
        stage = Stage(running, service)
        if folder != "auth":
            until("the seeded people", lambda: stage.query("SELECT 1 FROM jwtauth_person WHERE username = 'admin'"))
        only_what_is_measured(running, service)
        if folder in BULK and options.rows:
            say(f"  {folder}: {BULK[folder]} --count {options.rows} ...")
            stage.manage(BULK[folder], "--count", str(options.rows))
        with servers_of(stage) as targets:
            results = [one.result() for one in measure(stage, targets, cluster, options)]
        outcome: dict[str, Any] = {"service": folder, "rows": options.rows if folder in BULK else 0, "results": results}
        if folder == "auth":
            outcome["argon2_cpu_ms"] = round(float(stage.manage("shell", "-c", ARGON2).splitlines()[-1]), 2)
        return outcome


def show(outcome: Mapping[str, Any]) -> None:
    """The table for people."""
    headers = ["scenario", "app CPU ms", "db CPU ms", "x bare", "95 %", "at most", "p50 ms", "p95 ms", "p99 ms", "/s"]
    rows = []
    for result in outcome["results"]:
        middle, low, high = result["multiple"]
        most = "-" if result["most"] is None else f"{result['most']:g}"
        most = most if result["most_ms"] is None else f"{result['most_ms']:g} ms"
        latencies = [result[f"p{share}_ms"] for share in (50, 95, 99)]
        figures = [result["app_cpu_ms"], result["database_cpu_ms"], middle, f"{low:g}-{high:g}", most]
        rows.append([result["scenario"], *figures, *latencies, result["per_second"]])
    say(f"\n{outcome['service']}, {outcome['rows']} rows\n{table(headers, rows)}")
    if "argon2_cpu_ms" in outcome:
        say(f"  Argon2 alone, two at once: {outcome['argon2_cpu_ms']} ms of CPU each")
    for result in outcome["results"]:
        if not result["kept"]:
            say(f"  missed: {result['scenario']} {result.get('error', '')}")


def parser() -> argparse.ArgumentParser:
    """The options."""
    result = argparse.ArgumentParser(prog="bench/http_cost.py", description=(__doc__ or "").splitlines()[0])
    result.add_argument("services", nargs="*", metavar="SERVICE", help=f"{', '.join(SCENARIOS)}; all without any")
    result.add_argument("--rows", type=int, default=100_000, help="tickets or tasks to measure with (100000)")
    result.add_argument("--requests", type=int, default=400, help="a scenario and round, at most (400)")
    result.add_argument("--rounds", type=int, default=9, help="counted rounds (9)")
    result.add_argument("--json", metavar="FILE", help="where the figures go beside the table")
    return result


def main() -> int:
    """Runs what is asked for."""
    options = parser().parse_args()
    if unknown := set(options.services) - set(SCENARIOS):
        raise Failure(f"no scenarios for {', '.join(sorted(unknown))}; one of: {', '.join(SCENARIOS)}")
    outcomes = []
    for folder in options.services or SCENARIOS:
        say(f"{folder} ...")
        outcomes.append(bench(folder, options))
    for outcome in outcomes:
        show(outcome)
    machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    document = {"machine": machine, "requests": options.requests, "rounds": options.rounds, "services": outcomes}
    if options.json:
        Path(options.json).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    results = [result for outcome in outcomes for result in outcome["results"]]
    missed = sum(not result["kept"] for result in results)
    say(f"{len(results) - missed} passed, {missed} failed")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except Failure as failure:
        fail(str(failure))
