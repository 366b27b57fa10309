"""`drill.sh backup`: a backup while people write, everything forgotten, restored: every row and every file is back."""

import hashlib
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from suite import backup, docker, startup
from suite.api import Client
from suite.console import Failure, say, table
from suite.drills.traffic import Traffic, wait_until
from suite.stack import Stack
from suite.topology import Topology

RATE = 20.0
FILES = 20
_FILE_BYTES = 200_000


def run(stack: Stack, shape: Topology) -> int:
    """0 if the restored databases and files are those of the backup, and hold whatever was acknowledged before it."""
    variables = stack.variables()
    password = variables["SEED_ACCOUNT_PASSWORD"]
    with tempfile.TemporaryDirectory(prefix="tts-drill-") as folder:
        target = Path(folder, "backup.tar")
        with Traffic(shape, password, rate=RATE, changes=0.5) as traffic:
            wait_until("the first tickets", lambda: len(traffic.ledger.tickets) > 20, within=120)
            files = attach(shape, password)
            before = set(traffic.ledger.tickets) | set(files)
            begun = time.monotonic()
            backup.backup(shape, stack, target)
            took = time.monotonic() - begun
            failed = [outcome for outcome in traffic.since(begun) if outcome.failed]
            asked = len(traffic.since(begun))
        docker.reset(stack, "")
        backup.restore(shape, stack, target)
        rows = compare_rows(shape, stack, target, Path(folder))
        pieces = compare_files(shape, stack, target, Path(folder))
        startup.bring_up(stack, within=300)
        lost = missing(shape, password, before, files)
    say("\n" + table(["what", "in the backup", "restored", "differ"], [*rows, *pieces]))
    say(
        f"\n{asked} requests while it was made ({took:.1f} s), {len(failed)} failed. "
        f"{len(before)} tickets acknowledged before it, {len(lost)} of them not whole afterwards."
    )
    differ = [row for row in (*rows, *pieces) if row[3]]
    return 1 if failed or lost or differ or docker.demonstrate(shape, stack, variables) else 0


def attach(shape: Topology, password: str) -> dict[str, bytes]:
    """Tickets with a file each: the file's bytes by the ticket's id."""
    employee = Client.signed_in(shape["auth-service"].url, "employee", password)
    found = {}
    for number in range(FILES):
        body = hashlib.sha256(str(number).encode()).hexdigest().encode() * (_FILE_BYTES // 64)
        fields = {
            "subject": f"File {number}",
            "description": "x",
            "category": "it-support",
            "priority": "Low",
            "attachments": ("log.txt", body, "text/plain"),
        }
        url = f"{shape['ticket-service'].url}/api/v1/tickets/"
        key = {"Idempotency-Key": f"drill-{number}-{time.time_ns()}"}
        found[employee.expect(employee.post_form(url, fields, **key), 201)["id"]] = body
    return found


def missing(shape: Topology, password: str, tickets: Iterable[str], files: dict[str, bytes]) -> list[str]:
    """Of these tickets those that are not there, or whose file is not what was sent."""
    reader = Client.signed_in(shape["auth-service"].url, "coordinator", password)
    base = f"{shape['ticket-service'].url}/api/v1/tickets/"
    lost = []
    for ticket in tickets:
        whole = reader.get(f"{base}{ticket}/").status == 200
        if whole and ticket in files:
            listed = reader.read(f"{base}{ticket}/attachments/")
            entries = listed["results"] if isinstance(listed, dict) else listed
            content = [reader.get(f"{base}{ticket}/attachments/{e['id']}/content/").body for e in entries]
            whole = content == [files[ticket]]
        if not whole:
            lost.append(ticket)
    return lost


def compare_rows(shape: Topology, stack: Stack, source: Path, folder: Path) -> list[list[object]]:
    """Each database: rows in the backup, rows restored, tables that differ. To be asked before a process writes."""
    members = folder / "members"
    backup.read(source, shape, members)
    found: list[list[object]] = []
    for service in shape.services:
        name = service.database
        as_text = stack.command("exec", "--no-TTY", "db", "pg_restore", "--data-only", "--file", "-")
        saved = tables_of(_output(as_text, members / f"{name}.dump"))
        now = tables_of(_output(stack.command("exec", "--no-TTY", "db", "pg_dump", "-U", "postgres", "-a", name)))
        differ = sorted(table for table in saved.keys() | now.keys() if saved.get(table) != now.get(table))
        counts = [sum(len(lines) for lines in tables.values()) for tables in (saved, now)]
        found.append([f"rows of {name}", *counts, ", ".join(differ)])
    return found


def tables_of(dump: str) -> dict[str, list[str]]:
    """The rows of each table of a dump as text, sorted: in a dump they stand as they lie on the disk."""
    found: dict[str, list[str]] = {}
    lines: list[str] | None = None
    for line in dump.split("\n"):
        if lines is None:
            if line.startswith("COPY "):
                lines = found.setdefault(line.split()[1], [])
        elif line == "\\.":
            lines = None
        else:
            lines.append(line)
    return {name: sorted(rows) for name, rows in found.items()}


def compare_files(shape: Topology, stack: Stack, source: Path, folder: Path) -> list[list[object]]:
    """Each volume of attachments: files in the backup, files restored, names that differ."""
    again = folder / "again"
    again.mkdir()
    found: list[list[object]] = []
    for archive in sorted((folder / "members").glob("*-attachments.tar")):
        restored = again / archive.name
        with restored.open("wb") as out:
            command = backup.in_worker(stack, archive.stem, "tar", "-C", "/attachments", "-c", ".")
            subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL, check=True)
        saved, now = digests(archive), digests(restored)
        differ = sorted(name for name in saved.keys() | now.keys() if saved.get(name) != now.get(name))
        found.append([f"files of {archive.stem}", len(saved), len(now), ", ".join(differ)])
    return found


def digests(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as members:
        found = {}
        for member in members:
            if content := members.extractfile(member):
                found[member.name] = hashlib.sha256(content.read()).hexdigest()
        return found


def _output(command: list[str], source: Path | None = None) -> str:
    data = source.read_bytes() if source else b""
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failure(f"`{' '.join(command[-6:])}`: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.stdout.decode()
