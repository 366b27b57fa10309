"""`Scripts/docker.sh`: the whole suite on Docker, from nothing to a table of URLs and accounts."""

import argparse
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from suite import accounts, backup, demo, envfile, figures, gateway, images, startup, topology
from suite.api import Client
from suite.console import Failure, say, table
from suite.flow import Evidence
from suite.paths import ROOT
from suite.rollout import state
from suite.stack import DOCKER, Stack, compose_name, output, require_docker, require_ports
from suite.topology import Service, Topology

EXAMPLE = DOCKER / ".env.example"


def run(options: argparse.Namespace) -> int:
    """Does what the action says and answers the exit code."""
    shape = topology.load()
    if options.action == "render":
        gateway.write(shape)
        return 0
    require_docker()
    stack = Stack(project=options.project, env_file=Path(options.env_file))
    prepare(options, stack)
    if options.build_only:
        return build_only(shape, stack)
    if options.action == "backup":
        return backup.backup(shape, stack, Path(options.name))
    if options.action == "restore":
        if options.build:
            images.build(images.all_of(shape, stack.variables()), stack.variables())
        backup.restore(shape, stack, Path(options.name))
    if options.action in {"start", "restore"}:
        return start(options, shape, stack)
    return {"status": status, "stats": stats, "logs": logs, "stop": stop, "reset": reset}[options.action](
        stack, options.name
    )


def prepare(options: argparse.Namespace, stack: Stack) -> None:
    """What has to be there before the action, the environment file above all; otherwise `Failure`."""
    if options.action in {"start", "backup", "restore"}:
        state.refuse_unfinished(stack)
    if options.action in {"backup", "restore"} and not options.name:
        raise Failure(f"name the file: bash Scripts/docker.sh {options.action} FILE")
    if options.action in {"start", "restore"}:
        say_written(stack, envfile.ensure(stack.env_file, EXAMPLE))
    elif not stack.env_file.exists():
        raise Failure(f"nothing was ever started here: {shown(stack)} is missing; run `bash Scripts/docker.sh` first")


def shown(stack: Stack) -> str:
    return os.path.relpath(stack.env_file, ROOT)


def say_written(stack: Stack, names: list[str]) -> None:
    if names:
        say(f"Wrote {len(names)} secrets and variables to {shown(stack)}.")


def build_only(shape: Topology, stack: Stack) -> int:
    """Images alone, each under three tags: latest, the time, the commit."""
    variables = stack.variables()
    for name in images.build(images.all_of(shape, variables), variables, tags=images.release_tags()):
        say(name)
    return 0


def start(options: argparse.Namespace, shape: Topology, stack: Stack) -> int:
    """Builds, starts, migrates, seeds, waits; then the tables or the demo."""
    require_ports(stack, shape.services)
    variables = stack.variables()
    if options.build:
        say("Building ...")
        images.build(images.all_of(shape, variables), variables)
    say("Starting ...")
    seconds = startup.bring_up(stack, within=options.timeout)
    renew_gateway(stack)
    development = variables["DJANGO_ENV"] == "development"
    if development:
        say("Seeding ...")
        seed(shape, stack)
    say(f"Ready after {seconds:.1f} s.")
    shape = behind_gateway(shape, variables)
    if options.demo:
        if not development:
            raise Failure(f"--demo needs the demo accounts: DJANGO_ENV is {variables['DJANGO_ENV']} in {shown(stack)}")
        return demonstrate(shape, stack, variables)
    print_tables(shape, variables, development=development)
    return 0


def renew_gateway(stack: Stack) -> None:
    """Replaces the gateway when its files are younger than it: compose looks at its definition only."""
    container = stack.run("ps", "--quiet", "gateway").strip()
    made = output(["docker", "inspect", "--format", "{{.Created}}", container]).strip()
    newest = max(path.stat().st_mtime for path in (DOCKER / "gateway").rglob("*") if path.is_file())
    if datetime.fromisoformat(made[:19] + "+00:00").timestamp() < newest:
        say("  the gateway's files have changed: it is replaced")
        stack.run("up", "--detach", "--no-deps", "--force-recreate", "--wait", "gateway")


def demonstrate(shape: Topology, stack: Stack, variables: dict[str, str]) -> int:
    """The demo through the gateway; answers the exit code."""
    password = variables["SEED_ACCOUNT_PASSWORD"]
    return demo.run(shape, password=password, evidence=evidence(shape, stack, variables))


def behind_gateway(shape: Topology, variables: dict[str, str]) -> Topology:
    """The same suite as the gateway shows it."""
    origin = f"http://127.0.0.1:{variables['GATEWAY_PORT']}"
    return shape.with_urls({service.name: origin + service.prefix for service in shape.services})


def seed(shape: Topology, stack: Stack) -> None:
    """Every service's seeds in their order, the services side by side; all of them may be repeated."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        for _ in pool.map(lambda service: _seed_one(stack, service), shape.services):
            pass


def _seed_one(stack: Stack, service: Service) -> None:
    begun = time.monotonic()
    for name in service.seeds:
        try:
            stack.run("exec", "--no-TTY", service.name, "bash", "entrypoint.sh", "manage", name, within=600)
        except Failure as failure:
            raise Failure(f"{service.name}: {name}: {failure}") from failure
    if service.seeds:
        say(f"  seeded {service.name:<30} {time.monotonic() - begun:5.1f} s")


def evidence(shape: Topology, stack: Stack, variables: dict[str, str]) -> Evidence:
    """The containers' logs, and the catcher's mails where mail goes there."""
    names = {
        f"{service.name}-{process.name}": compose_name(service, process)
        for service in shape.services
        for process in service.processes
    }
    base = f"http://127.0.0.1:{variables['MAILPIT_PORT']}/api/v1/messages"

    def read_logs() -> dict[str, str]:
        return {key: stack.logs(name) for key, name in names.items()}

    def mail() -> list[str]:
        return [str(message) for message in Client().read(f"{base}?limit=100")["messages"]]

    caught = variables["EMAIL_URL"].startswith("smtp://mailpit")
    return Evidence(logs=read_logs, mail=mail if caught else None)


def print_tables(shape: Topology, variables: dict[str, str], *, development: bool) -> None:
    rows = [
        [s.name, s.url, f"http://127.0.0.1:{variables[f'{s.env_name}_PORT']}", f"{s.url}/api/schema/"]
        for s in shape.services
    ]
    say("\n" + table(["service", "through the gateway", "directly", "OpenAPI"], rows) + "\n")
    if development:
        password = variables["SEED_ACCOUNT_PASSWORD"]
        people = accounts.everyone(shape["auth-service"].url, password)
        say(table(["account", "password", "roles"], [[p.username, password, " ".join(p.roles)] for p in people]) + "\n")
    places = [
        ["the web console", variables["PUBLIC_URL"]],
        ["PostgreSQL", f"127.0.0.1:{variables['POSTGRES_PORT']}"],
        ["RabbitMQ", f"http://127.0.0.1:{variables['RABBITMQ_MANAGEMENT_PORT']} (user tts)"],
    ]
    if "dev" in variables["COMPOSE_PROFILES"]:
        places.append(["mails", f"http://127.0.0.1:{variables['MAILPIT_PORT']}"])
    say(table(["what", "where"], places))
    say("\nbash Scripts/docker.sh status | logs [NAME] | stop | reset")


def status(stack: Stack, _: str) -> int:
    """0 if everything runs and is ready."""
    containers = stack.containers()
    if not containers:
        say("nothing is running; `bash Scripts/docker.sh` starts the suite")
        return 1
    say(table(["container", "state", "image"], [[c.name, c.shown, c.image] for c in containers]))
    return 0 if all(container.done for container in containers) else 1


def stats(stack: Stack, _: str) -> int:
    return figures.run(topology.load(), stack)


def logs(stack: Stack, name: str) -> int:
    """Follows the log of one container, or of all, until Ctrl-C."""
    known = [container.name for container in stack.containers()]
    if name and name not in known:
        raise Failure(f"no container {name!r}; one of: {' '.join(known) or '(none is running)'}")
    command = stack.command("logs", "--follow", "--tail", "200", *([name] if name else []))
    return subprocess.run(command, check=False).returncode


def stop(stack: Stack, _: str) -> int:
    """Ends every process; data, images and .env stay."""
    remove_temporary(stack)
    stack.run("down", "--remove-orphans", within=180)
    say("Stopped. Data and secrets are kept; `bash Scripts/docker.sh` starts again.")
    return 0


def reset(stack: Stack, _: str) -> int:
    """Ends every process and forgets all data; images and .env stay."""
    remove_temporary(stack)
    state.forget(stack)
    stack.run("down", "--remove-orphans", "--volumes", within=180)
    left = output(
        ["docker", "volume", "ls", "--quiet", "--filter", f"label=com.docker.compose.project={stack.project}"]
    )
    if left.strip():
        raise Failure(f"these volumes are in use elsewhere and are still there: {' '.join(left.split())}")
    say(f"Stopped, and all data is gone. {shown(stack)} is kept.")
    return 0


def remove_temporary(stack: Stack) -> None:
    """What a release.sh or a job that was killed left behind: compose itself passes it over."""
    labels = [f"label=com.docker.compose.project={stack.project}", "label=com.docker.compose.oneoff=True"]
    filters = [argument for label in labels for argument in ("--filter", label)]
    left = output(["docker", "ps", "--all", "--quiet", *filters]).split()
    if left:
        output(["docker", "rm", "--force", *left])
