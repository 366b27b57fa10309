"""`docker.sh backup FILE` and `restore FILE`: all databases as they were at one moment, and the files, in one tar.

The processes stand still only while the moment is taken (a snapshot in each database); requests wait, none fails.
Attachments are read afterwards: they are stored by their content, so what a row names is there.
"""

import json
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from suite.console import Failure, say
from suite.stack import Stack, compose_name, output
from suite.topology import Topology

MANIFEST = "manifest.json"
_FORMAT = 1
_PSQL = ("psql", "--username", "postgres", "--quiet", "--no-align", "--tuples-only", "--no-psqlrc")
_WITHIN = 3600.0


def backup(shape: Topology, stack: Stack, target: Path) -> int:
    """Writes the file; while it runs the suite is used as usual."""
    names = [compose_name(service, process) for service in shape.services for process in service.processes]
    running = {container.name for container in stack.containers() if container.state == "running"}
    if missing := sorted({"db", *names} - running):
        raise Failure(f"{missing[0]} is not running; start the suite first: bash Scripts/docker.sh")
    with tempfile.TemporaryDirectory(dir=target.resolve().parent, prefix=".backup-") as folder:
        place = Path(folder)
        with ExitStack() as sessions:
            opened = {s.database: sessions.enter_context(_session(stack, s.database)) for s in shape.services}
            snapshots = _one_moment(stack, names, opened)
            for database, snapshot in snapshots.items():
                dump = ["exec", "--no-TTY", "db", "pg_dump", "--username", "postgres", "--format", "custom"]
                _to_file(stack.command(*dump, "--snapshot", snapshot, database), place / f"{database}.dump")
        for volume in _attachment_volumes(stack):
            tar = ["-C", "/attachments", "--warning=no-file-changed", "-c", "."]
            _to_file(in_worker(stack, volume, "tar", *tar), place / f"{volume}.tar", accepted=(0, 1))
        members = sorted(path.name for path in place.iterdir())
        manifest = {"format": _FORMAT, "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "members": members}
        (place / MANIFEST).write_text(json.dumps(manifest, indent=2))
        packed = place / "backup.tar"
        with tarfile.open(packed, "w") as archive:
            for name in (MANIFEST, *members):
                archive.add(place / name, arcname=name)
        packed.chmod(0o600)
        packed.replace(target)
    say(f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB). Keep {stack.env_file.name} with it, the secrets.")
    return 0


def read(source: Path, shape: Topology, folder: Path) -> list[str]:
    """Unpacks a backup and answers its members' names; `Failure` unless it is whole and of this suite."""
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, tarfile.TarError, ValueError) as error:
        raise Failure(
            f"{source} is no backup that can be read ({type(error).__name__}); nothing was changed"
        ) from error
    members = [str(name) for name in manifest.get("members", [])]
    expected = {f"{service.database}.dump" for service in shape.services}
    if manifest.get("format") != _FORMAT or not expected <= set(members):
        raise Failure(f"{source} is no backup of this suite; nothing was changed")
    return members


def restore(shape: Topology, stack: Stack, source: Path) -> None:
    """Puts databases and attachments back as they were, instead of what is there. The suite is to be started after it.

    The broker's volume goes: what waited in its queues is younger than the backup or is read from the feeds again.
    """
    with tempfile.TemporaryDirectory(prefix="tts-restore-") as name:
        folder = Path(name)
        members = read(source, shape, folder)
        stack.run("down", "--remove-orphans", within=300)
        if output(["docker", "volume", "ls", "--quiet", "--filter", f"name=^{stack.project}_rabbitmq-data$"]).strip():
            output(["docker", "volume", "rm", f"{stack.project}_rabbitmq-data"])
        stack.run("up", "--detach", "--wait", "db", within=300)
        for service in shape.services:
            drop = f'DROP DATABASE IF EXISTS "{service.database}" WITH (FORCE)'
            stack.run("exec", "--no-TTY", "db", *_PSQL, "--dbname", "postgres", "--command", drop)
        stack.run("run", "--rm", "--no-deps", "--no-TTY", "db-ensure")
        for service in shape.services:
            command = ["exec", "--no-TTY", "db", "pg_restore", "--username", "postgres", "--exit-on-error"]
            command += ["--no-owner", "--no-privileges", "--role", f"{service.database}_owner"]
            _from_file(stack.command(*command, "--dbname", service.database), folder / f"{service.database}.dump")
            say(f"  restored {service.database}")
        for volume in _attachment_volumes(stack):
            if f"{volume}.tar" in members:
                script = "find /attachments -mindepth 1 -delete && tar -C /attachments -x"
                _from_file(in_worker(stack, volume, "sh", "-c", script), folder / f"{volume}.tar")
                say(f"  restored {volume}")


def _one_moment(stack: Stack, names: list[str], opened: dict[str, "subprocess.Popen[str]"]) -> dict[str, str]:
    """The id of a snapshot in each database, all taken while no process writes."""
    stack.run("pause", *names)
    try:
        return {
            database: _ask(session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();")
            for database, session in opened.items()
        }
    finally:
        stack.run("unpause", *names)


@contextmanager
def _session(stack: Stack, database: str) -> Iterator["subprocess.Popen[str]"]:
    """psql, connected; what it holds, a snapshot too, ends with the context."""
    command = stack.command("exec", "--no-TTY", "db", *_PSQL, "--dbname", database)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        _ask(session, "SELECT 'here';")
        yield session
        if session.stdin:
            session.stdin.close()


def _ask(session: "subprocess.Popen[str]", statement: str) -> str:
    if session.stdin is None or session.stdout is None:
        raise Failure("psql was started without pipes")
    session.stdin.write(f"{statement}\n")
    session.stdin.flush()
    answer = session.stdout.readline().strip()
    if not answer:
        raise Failure("PostgreSQL gave no answer to psql; see `bash Scripts/docker.sh logs db`")
    return answer


def _attachment_volumes(stack: Stack) -> list[str]:
    return sorted(name for name in stack.run("config", "--volumes").split() if name.endswith("-attachments"))


def in_worker(stack: Stack, volume: str, program: str, *arguments: str) -> list[str]:
    """A command in a container of its own that has the volume at /attachments."""
    service = volume.removesuffix("-attachments")
    options = ["run", "--rm", "--no-deps", "--no-TTY", "--entrypoint", program]
    return stack.command(*options, f"{service}-worker", *arguments)


def _to_file(command: list[str], path: Path, *, accepted: tuple[int, ...] = (0,)) -> None:
    with path.open("wb") as out:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, timeout=_WITHIN, check=False
        )
    _judge(path, done, accepted)


def _from_file(command: list[str], path: Path) -> None:
    with path.open("rb") as source:
        done = subprocess.run(
            command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=_WITHIN, check=False
        )
    _judge(path, done, (0,))


def _judge(path: Path, done: "subprocess.CompletedProcess[bytes]", accepted: tuple[int, ...]) -> None:
    if done.returncode not in accepted:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise Failure(f"{path.name}: {lines[-1] if lines else f'exit code {done.returncode}'}")
