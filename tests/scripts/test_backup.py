"""backup and restore without Docker: what is refused before anything is touched, and that nothing is left standing."""

import argparse
import json
import tarfile
import tempfile
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

from suite import backup, docker, envfile, topology
from suite.console import Failure
from suite.stack import Container, Stack

SHAPE = topology.load()
PROCESSES = [backup.compose_name(service, process) for service in SHAPE.services for process in service.processes]


class Recorded(Stack):
    """A stack whose commands are written down instead of run."""

    said: list[tuple[str, ...]] = []
    up: list[str] = []

    def run(self, *arguments: str, within: float = 120.0) -> str:
        self.said.append(arguments)
        return ""

    def containers(self) -> list[Container]:
        return [Container(name, "running", "healthy", 0, "i") for name in self.up]


class BackupTests(TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.stack = Recorded(env_file=self.folder / ".env")
        self.stack.said.clear()
        self.stack.up.clear()

    def packed(self, members: dict[str, str]) -> Path:
        path = self.folder / "backup.tar"
        with tarfile.open(path, "w") as archive:
            for name, text in members.items():
                (self.folder / "member").write_text(text)
                archive.add(self.folder / "member", arcname=name)
        return path

    def manifest(self, **changes: object) -> str:
        members = [f"{service.database}.dump" for service in SHAPE.services]
        return json.dumps({"format": 1, "members": members} | changes)

    def test_a_suite_that_does_not_run_is_not_saved(self) -> None:
        self.stack.up += ["db", *PROCESSES[1:]]
        with self.assertRaisesRegex(Failure, f"{PROCESSES[0]} is not running"):
            backup.backup(SHAPE, self.stack, self.folder / "b.tar")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_processes_go_on_when_no_snapshot_could_be_taken(self) -> None:
        self.stack.up += ["db", *PROCESSES]
        answers = ["here"] * len(SHAPE.services) + [Failure("no answer")]
        self.enterContext(patch.object(backup, "_ask", side_effect=answers))
        self.enterContext(patch.object(backup.subprocess, "Popen"))
        with self.assertRaisesRegex(Failure, "no answer"):
            backup.backup(SHAPE, self.stack, self.folder / "b.tar")
        self.assertEqual([said[0] for said in self.stack.said], ["pause", "unpause"])
        self.assertEqual(set(self.stack.said[1][1:]), set(PROCESSES))
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_what_is_no_backup_of_this_suite_changes_nothing(self) -> None:
        (self.folder / "text").write_text("no archive")
        bad = {
            "missing": self.folder / "nowhere.tar",
            "no archive": self.folder / "text",
            "no manifest": self.packed({"x": ""}),
        }
        for name, path in bad.items():
            with self.subTest(name), self.assertRaisesRegex(Failure, "nothing was changed"):
                backup.restore(SHAPE, self.stack, path)
        for changes in ({"format": 2}, {"members": ["authservice.dump"]}):
            path = self.packed({"manifest.json": self.manifest(**changes)})
            with self.subTest(changes), self.assertRaisesRegex(Failure, "no backup of this suite; nothing was changed"):
                backup.restore(SHAPE, self.stack, path)
        self.assertEqual(self.stack.said, [])

    def test_a_whole_one_is_read(self) -> None:
        path = self.packed({"manifest.json": self.manifest()})
        self.assertEqual(len(backup.read(path, SHAPE, self.folder / "out")), 5)

    def test_a_backup_needs_a_name(self) -> None:
        envfile.ensure(self.folder / ".env", docker.EXAMPLE)
        options = argparse.Namespace(action="backup", name="", project="p", env_file=".env", build_only=False)
        self.enterContext(patch.object(docker, "require_docker"))
        self.enterContext(patch.object(docker, "Stack", return_value=self.stack))
        with self.assertRaisesRegex(Failure, "name the file"):
            docker.run(options)
