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
MOST_BEYOND_THE_HASH = 6.0  # CPU milliseconds of a login


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
    hashing: list[float] = field(default_factory=list)
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
            "statuses": statuses,
        }
        errors = [answers.error for answers in self.answers if answers.error]
        result["kept"] = not errors and (self.scenario.most is None or result["multiple"][0] <= self.scenario.most)
        if self.hashing:
            beyond = median_interval([app - hashing for app, hashing in zip(self.app, self.hashing, strict=True)])
            result["argon2_cpu_ms"] = round(median_interval(self.hashing)[0], 2)
            result["beyond_argon2_cpu_ms"] = [round(value, 2) for value in beyond]
            result["kept"] = result["kept"] and beyond[0] <= MOST_BEYOND_THE_HASH
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


def measure(stage: Stage, bare: Child, port: int, cluster: Cluster, options: argparse.Namespace) -> list[Measured]:
    """The bare view and every scenario of the service, in turns."""
    if cluster.child is None:
        raise Failure("PostgreSQL has not been started")
    web = stage.running.suite.member(stage.service.name, "web").child
    baseline = Measured(Scenario("bare view", lambda _: lambda *_: BARE))
    measured = [Measured(scenario) for scenario in SCENARIOS[stage.service.folder]]
    for number in range(options.rounds + 1):
        # The first round warms caches and connections up, and is not counted.
        say(f"  {stage.service.folder}: round {number} of {options.rounds}")
        for one in [baseline, *measured]:
            child, where = (bare, port) if one is baseline else (web, stage.service.port)
            count = max(int(options.requests * one.scenario.share), CONNECTIONS)
            maker = one.scenario.make(stage)
            app, database = cpu(child.pid), cpu(cluster.child.pid)
            answers = send(where, maker, count=count, connections=one.scenario.connections)
            app, database = (cpu(child.pid) - app) / count, (cpu(cluster.child.pid) - database) / count
            if number == 0:
                continue
            one.app.append(app * 1000)
            if one.scenario.hashes:
                one.hashing.append(float(stage.manage("shell", "-c", ARGON2).splitlines()[-1]))
            one.database.append(0.0 if one is baseline else database * 1000)
            one.answers.append(answers)
            if one is not baseline:
                one.multiples.append((app + database) * 1000 / baseline.app[-1])
    return [baseline, *measured]


@contextlib.contextmanager
def bare_view(folder: Path) -> Iterator[tuple[Child, int]]:
    """gunicorn with the services' own settings around one view."""
    port = any_free()
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "bench"),
        "DJANGO_SETTINGS_MODULE": "bare.settings",
        "DJANGO_ENV": "development",
        "PORT": str(port),
        "BIND": "127.0.0.1",
    }
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    command = [gunicorn, "-c", "python:servicekit.gunicorn", "bare.wsgi:application"]
    child = Child(name="bare", command=command, cwd=folder, env=environment, log=folder / "bare.log")
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
        yield child, port
    finally:
        child.stop()


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
        with bare_view(running.suite.state.home) as (bare, port):
            results = [one.result() for one in measure(stage, bare, port, cluster, options)]
        return {"service": folder, "rows": options.rows if folder in BULK else 0, "results": results}


def show(outcome: Mapping[str, Any]) -> None:
    """The table for people."""
    headers = ["scenario", "app CPU ms", "db CPU ms", "x bare", "95 %", "at most", "p50 ms", "p95 ms", "p99 ms", "/s"]
    rows = []
    for result in outcome["results"]:
        middle, low, high = result["multiple"]
        most = "-" if result["most"] is None else f"{result['most']:g}"
        latencies = [result[f"p{share}_ms"] for share in (50, 95, 99)]
        figures = [result["app_cpu_ms"], result["database_cpu_ms"], middle, f"{low:g}-{high:g}", most]
        rows.append([result["scenario"], *figures, *latencies, result["per_second"]])
    say(f"\n{outcome['service']}, {outcome['rows']} rows\n{table(headers, rows)}")
    for result in outcome["results"]:
        if "argon2_cpu_ms" in result:
            alone, (beyond, low, high) = result["argon2_cpu_ms"], result["beyond_argon2_cpu_ms"]
            what = f"{result['scenario']} beyond it {beyond} ({low}-{high}) ms, at most {MOST_BEYOND_THE_HASH:g}"
            say(f"  Argon2 alone {alone} ms; {what}")
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
