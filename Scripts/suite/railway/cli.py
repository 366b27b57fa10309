"""Deploys a commit to one Railway environment, verifies and watches it, and rolls back by itself when it fails.

The token is RAILWAY_TOKEN, a project token of that environment. The commit must have been pushed: Railway builds it.

exit codes: 0 deployed and healthy; 1 nothing was deployed; 2 wrong arguments; 3 failed and rolled back;
4 failed and NOT rolled back; 5 Railway stopped answering, its state is unknown. 4 and 5 need a person.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from suite import topology
from suite.console import Failure, say
from suite.paths import CACHE, ROOT
from suite.railway import log
from suite.railway.api import URL, Api
from suite.railway.clock import Clock, RealClock
from suite.railway.deploy import Deploy, Outcome, Part, Plan
from suite.topology import Service


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(
        prog="python Scripts/deploy_railway.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    result.add_argument("--environment", required=True, help="its name on Railway, e.g. staging")
    result.add_argument("--commit", default="HEAD", help="what to deploy (HEAD)")
    result.add_argument(
        "--services", nargs="+", metavar="NAME", help="names or folders; all, the console and the gateway, if absent"
    )
    result.add_argument("--project", default=os.environ.get("RAILWAY_PROJECT_ID", ""), help="id (RAILWAY_PROJECT_ID)")
    result.add_argument("--gateway", default=os.environ.get("SUITE_URL", ""), help="the suite's URL (SUITE_URL)")
    result.add_argument("--watch", type=float, default=120.0, metavar="S", help="seconds to watch for errors (120)")
    result.add_argument(
        "--timeout", type=float, default=1200.0, metavar="S", help="seconds to build and start in (1200)"
    )
    result.add_argument("--patience", type=float, default=120.0, metavar="S", help="seconds to bear a dead API (120)")
    result.add_argument(
        "--log", type=Path, default=CACHE / "deployments.jsonl", metavar="FILE", help="log of deployments"
    )
    result.add_argument(
        "--dry-run", action="store_true", help="ask Railway what runs, say what would be done, and stop"
    )
    return result


def main(
    arguments: Sequence[str] | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
    url: str = URL,
) -> int:
    options = parser().parse_args(arguments)
    clock = clock or RealClock()
    try:
        token = environ.get("RAILWAY_TOKEN", "")
        if not token or not options.project:
            raise Failure("set RAILWAY_TOKEN, and RAILWAY_PROJECT_ID or --project")
        if not re.match(r"https?://", options.gateway):
            raise Failure("set SUITE_URL or --gateway to the address of the suite, e.g. https://tickets.example.com")
        commit = _git("rev-parse", f"{options.commit}^{{commit}}")
        committed = float(_git("show", "--no-patch", "--format=%ct", commit))
        services = _chosen(options.services)
        api = Api(token, clock, url, options.patience)
        parts, environment = _parts(api, options.project, options.environment, services, every=not options.services)
    except Failure as failure:
        print(f"error: nothing was deployed: {failure}", file=sys.stderr)
        return Outcome.NOTHING_CHANGED
    plan = Plan(
        project=options.project,
        environment=environment,
        commit=commit,
        gateway=options.gateway,
        versions={service.name: version_of(service) for service in services},
        timeout=options.timeout,
        watch=options.watch,
    )
    deploy = Deploy(api, plan, parts, services, clock, say)
    if options.dry_run:
        return _dry_run(deploy)
    started = clock.now()
    outcome = deploy.run()
    entry = log.Entry(options.environment, commit, committed, started, clock.now(), outcome.name, deploy.reason)
    log.append(options.log, entry)
    _summary(environ, log.markdown(options.environment, log.read(options.log), now=clock.now()), deploy.reason)
    return outcome


def version_of(service: Service) -> str:
    """What its health endpoint will answer: VERSION in its settings."""
    text = (service.path / "config" / "settings.py").read_text(encoding="utf-8")
    found = re.search(r'^VERSION = "([^"]+)"', text, re.MULTILINE)
    if not found:
        raise Failure(f"{service.folder}/config/settings.py has no VERSION")
    return found.group(1)


def _dry_run(deploy: Deploy) -> int:
    try:
        deploy.record()
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return Outcome.NOTHING_CHANGED
    for part in deploy.parts:
        say(f"would deploy {deploy.plan.commit[:12]} to {part.name}")
    return Outcome.DEPLOYED


def _chosen(names: Sequence[str] | None) -> list[Service]:
    every = topology.load().services
    known = {key: service for service in every for key in (service.name, service.folder)}
    unknown = sorted(set(names or ()) - set(known))
    if unknown:
        raise Failure(f"no service {unknown[0]!r}; one of: {', '.join(service.name for service in every)}")
    return [service for service in every if not names or {service.name, service.folder} & set(names)]


def _parts(
    api: Api, project: str, environment: str, services: Sequence[Service], *, every: bool
) -> tuple[list[Part], str]:
    """Their Railway services, as .railway/railway.py names them, and the id of the environment."""
    ids, environments = api.services(project)
    names = [s.name if p.name == "web" else f"{s.name}-{p.name}" for s in services for p in s.processes]
    names += ["console", "gateway"] if every else []
    missing = [name for name in names if name not in ids]
    if missing:
        raise Failure(f"Railway has no service {missing[0]!r} in this project; `railway config apply` makes it")
    if environment not in environments:
        raise Failure(f"no environment {environment!r}; one of: {', '.join(sorted(environments))}")
    return [Part(name, ids[name]) for name in names], environments[environment]


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def _summary(environ: Mapping[str, str], text: str, reason: str) -> None:
    if environ.get("GITHUB_STEP_SUMMARY"):
        with Path(environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n{reason}\n")
    if environ.get("GITHUB_OUTPUT"):
        with Path(environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
            file.write(f"reason={reason.splitlines()[0] if reason else ''}\n")
