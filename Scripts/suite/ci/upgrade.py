"""Is an upgrade safe, and the way back? `bash Scripts/test_upgrade.sh --from v1.2.3` tries it on a database with data.

The suite of the older commit runs its demo; the migrations of this tree are applied to what that left behind; no row
may be missing. Then this tree runs its demo on it, and at last the older commit does once more, on the newer schema:
a deployment runs both versions for a while, and may go back.
"""

import argparse
import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import psycopg2
from psycopg2 import sql

from suite import servers, setup, topology
from suite.ci.release import last_tag
from suite.console import Failure, say, table
from suite.database import prepare, with_database
from suite.environment import Environments
from suite.paths import ROOT
from suite.state import State
from suite.topology import Topology

# Hash of the primary key of each row, by table of each database; what is swept or renewed all the time is no record.
Rows = dict[str, dict[str, frozenset[str]]]
_PASSING = ("django_session", "django_content_type", "auth_permission")


def run(options: argparse.Namespace) -> int:
    """0 when the older version's data survives and both versions work on the newer schema."""
    older = options.older or last_tag() or options.otherwise
    if not older:
        raise Failure("there is no release to upgrade from; name a commit: bash Scripts/test_upgrade.sh --from COMMIT")
    say(f"Upgrading from {older} ...")
    with _server() as url, tempfile.TemporaryDirectory(prefix="tts-upgrade-") as folder:
        state, environ = Path(folder) / "state", os.environ | {"DATABASE_URL": url}
        with _checkout(older, Path(folder) / "older") as tree:
            demo = partial(_demo, state=state, environ=environ, port_offset=options.port_offset)
            demo(tree, f"{older}, new database")
            before = rows(url, topology.load(tree / "topology.toml"))
            _migrate(url, state)
            report = compare(before, rows(url, topology.load()))
            say(report)
            demo(ROOT, f"this tree, on the data of {older}")
            demo(tree, f"{older} again, on the newer schema")
    say(f"An upgrade from {older} keeps all rows, and the way back works.")
    return 0


def rows(url: str, shape: Topology) -> Rows:
    """What stands in the services' databases."""
    found: Rows = {}
    for service in shape.services:
        connection = psycopg2.connect(with_database(url, service.database))
        with contextlib.closing(connection), connection.cursor() as cursor:
            found[service.folder] = {name: _keys(cursor, name) for name in _tables(cursor) if name not in _PASSING}
    return found


def compare(before: Rows, after: Rows) -> str:
    """A table of what was there and what is there now. Raises `Failure` when a row or a table is gone."""
    lines, lost = [], []
    for service, tables in before.items():
        now = after.get(service, {})
        for name, keys in tables.items():
            missing = len(keys - now.get(name, frozenset()))
            if missing or name not in now:
                lost.append(f"{service}: {name}: {missing or 'all'} of {len(keys)} rows are gone")
        lines.append([service, str(len(tables)), str(len(now)), str(sum(map(len, tables.values()))), str(len(lost))])
    shown = table(["service", "tables", "tables now", "rows", "lost so far"], lines)
    if lost:
        raise Failure("\n".join([shown, *lost]))
    return shown


def _tables(cursor: "psycopg2.extensions.cursor") -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def _keys(cursor: "psycopg2.extensions.cursor", name: str) -> frozenset[str]:
    cursor.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY a.attnum",
        [f'public."{name}"'],
    )
    columns = sql.SQL(", ").join(sql.Identifier(column) for (column,) in cursor.fetchall())
    cursor.execute(sql.SQL("SELECT concat_ws('|', {}) FROM {}").format(columns, sql.Identifier(name)))
    return frozenset(key for (key,) in cursor.fetchall())


@contextlib.contextmanager
def _server() -> Iterator[str]:
    started = servers.start("upgrade", os.environ | {"TEST_BROKER_URL": "not needed"})
    try:
        yield started.database("postgres")
    finally:
        started.stop()


@contextlib.contextmanager
def _checkout(commit: str, directory: Path) -> Iterator[Path]:
    """The tree of the commit. An archive: a work tree would stay registered when we are killed."""
    directory.mkdir()
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=False, capture_output=True)
    if packed.returncode != 0:
        raise Failure(f"git has no {commit}: {packed.stderr.decode(errors='replace').strip()}")
    subprocess.run(["tar", "-x", "-C", str(directory)], input=packed.stdout, check=True)
    yield directory


def _migrate(url: str, state_dir: Path) -> None:
    """The migrations of this tree alone: no process of it has run yet."""
    shape, state = topology.load(), State(state_dir)
    urls = prepare(shape, {"DATABASE_URL": url})
    environments = Environments(topology=shape, state=state, databases=urls)
    for service in shape.services:
        step = setup.steps_of(service, urls[service.name])[0]
        log = state.log(f"{service.name}-upgrade")
        child = setup.start(step, log, environments)
        if child.popen is None or child.popen.wait(timeout=300) != 0:
            raise Failure(f"{service.name}: the migrations fail on the older data: {child.last_line()} ({log})")


def _demo(tree: Path, what: str, *, state: Path, environ: Mapping[str, str], port_offset: int) -> None:
    begun = time.monotonic()
    command = ["bash", str(tree / "Scripts" / "local.sh"), "--demo", "--state-dir", str(state)]
    command += ["--port-offset", str(port_offset)]
    done = subprocess.run(
        command, cwd=tree, env=dict(environ), check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        raise Failure(f"{what}: the demo failed:\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
    say(f"  ok  demo: {what:<50} {time.monotonic() - begun:6.1f} s")
