"""`Scripts/local.sh`: the whole suite on this machine, from nothing to a table of URLs and accounts."""

import argparse
import os
import signal
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from suite import accounts, database, demo, frontend, setup, stats, topology
from suite.console import Failure, say, table
from suite.environment import BROKER, Environments
from suite.flow import Evidence
from suite.ports import require_free
from suite.state import State
from suite.supervisor import Suite


def run(options: argparse.Namespace) -> int:
    """Starts, and then serves, demonstrates or measures. Answers the exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    begun = float(os.environ.get("TTS_BEGUN", time.time()))
    state = State(Path(options.state_dir))
    shape = topology.load(port_offset=options.port_offset)
    if (options.stats or options.demo) and state.in_use():
        return _on_running(options, state, shape)
    state.open()
    try:
        if options.reset:
            database.remove_embedded(state)
            state.reset()
        suite = _start(options, shape, state, begun)
    except KeyboardInterrupt:
        return 130
    try:
        return _serve(options, suite, begun)
    finally:
        say("Stopping ...")
        suite.end()
        state.run_file.unlink(missing_ok=True)
        say("Stopped.")


def _start(options: argparse.Namespace, shape: topology.Topology, state: State, begun: float) -> Suite:
    """Everything up to the started processes; what it has started is ended again when it fails."""
    require_free(shape)
    state.begin_logs()
    urls = database.prepare(shape)
    cluster = None
    suite: Suite | None = None
    try:
        if len(urls) < len(shape.services):
            say("Starting the embedded PostgreSQL ...")
            cluster = database.start_embedded(shape, state)
            urls = database.embedded_urls(shape, cluster) | urls
        environments = Environments(topology=shape, state=state, databases=urls)
        own_server = cluster is not None and not os.environ.get(BROKER) and not database.given(shape)
        say("Migrating and seeding ...")
        count = setup.run_all(shape, state, environments, urls, trust_stamps=own_server)
        if not count:
            say("  nothing has changed since the last start")
        suite = Suite(shape, state, environments, restart=options.restart, cluster=cluster)
        say("Starting the processes ...")
        suite.start()
        suite.wait_ready(options.timeout)
        _record(suite, time.time() - begun, f"{count} migrations and seeds were due")
    except BaseException:
        if suite:
            suite.end()
        elif cluster:
            cluster.stop()
        raise
    return suite


def _serve(options: argparse.Namespace, suite: Suite, begun: float) -> int:
    if options.demo:
        return demo.run(suite.topology, password=suite.environments.password, evidence=evidence(suite.state))
    if options.stats:
        say(stats.report(suite.state.run()))
        return 0
    console = frontend.serve(suite.topology, suite.state, port_offset=options.port_offset)
    try:
        _print_tables(suite)
        say(f"\nReady after {suite.state.run()['ready_seconds']:.1f} s. Ctrl-C stops everything.")
        suite.watch(lambda: frontend.require_alive(console))
    except KeyboardInterrupt:
        say()
    finally:
        if console:
            console.stop()
    return 0


def _on_running(options: argparse.Namespace, state: State, shape: topology.Topology) -> int:
    """`--demo` and `--stats` on a suite that is running in this folder already."""
    facts = state.run()
    shape = shape.with_urls(facts["urls"])
    if options.stats:
        say(stats.report(facts))
        return 0
    return demo.run(shape, password=state.secrets(shape)["SEED_ACCOUNT_PASSWORD"], evidence=evidence(state))


def evidence(state: State) -> Evidence:
    """The logs, and the mail folder unless the caller's own EMAIL_URL sends mail elsewhere."""

    def logs() -> dict[str, str]:
        return {path.stem: path.read_text(errors="replace") for path in state.logs.glob("*.log")}

    def mail() -> list[str]:
        return [path.read_text(errors="replace") for path in state.mail.rglob("*") if path.is_file()]

    return Evidence(logs=logs, mail=None if os.environ.get("EMAIL_URL") else mail)


def _record(suite: Suite, ready_seconds: float, remark: str) -> None:
    processes = [{"name": member.name, "pid": member.child.pid} for member in suite.members]
    if suite.cluster and suite.cluster.child:
        processes.append({"name": "postgresql", "pid": suite.cluster.child.pid})
    suite.state.set_run(
        {
            "pid": os.getpid(),
            "ready_seconds": ready_seconds,
            "remark": remark,
            "urls": {service.name: service.url for service in suite.topology.services},
            "processes": processes,
        }
    )


def _print_tables(suite: Suite) -> None:
    rows = [[service.name, service.url, f"{service.url}/api/schema/"] for service in suite.topology.services]
    say("\n" + table(["service", "URL", "OpenAPI"], rows) + "\n")
    password = suite.environments.password
    try:
        people = accounts.everyone(suite.topology["auth-service"].url, password)
        say(table(["account", "password", "roles"], [[p.username, password, " ".join(p.roles)] for p in people]) + "\n")
    except Failure as failure:
        say(f"  the accounts could not be listed: {failure}\n")
    state = suite.state
    mail = "as EMAIL_URL says" if os.environ.get("EMAIL_URL") else state.shown(state.mail)
    say(table(["what", "where"], [["logs", state.shown(state.logs)], ["mail", mail]]))


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
