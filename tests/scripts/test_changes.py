"""CI checks the services that a change concerns, and no others."""

import contextlib
import io
import subprocess
import tempfile
from pathlib import Path
from unittest import TestCase

from suite.ci import changes

ALL = ("auth", "ticket_service", "workflow_api", "messaging", "notification_service")


class PartsTests(TestCase):
    def test_a_change_in_one_service_concerns_that_service(self) -> None:
        found = changes.of(["messaging/comments/models.py", "messaging/README.md"])
        self.assertEqual(found.parts, ("messaging",))
        self.assertTrue(found.code)

    def test_a_change_in_a_library_concerns_all(self) -> None:
        self.assertEqual(changes.of(["libs/jsonlog/src/jsonlog/config.py"]).parts, (*ALL, "libs"))

    def test_pins_contracts_scripts_and_workflows_concern_all(self) -> None:
        for name in (
            "constraints.txt",
            "contracts/envelope.schema.json",
            "Scripts/local.sh",
            ".github/workflows/x.yml",
        ):
            with self.subTest(name=name):
                self.assertEqual(changes.of([name]).services, ALL)

    def test_documents_concern_nothing(self) -> None:
        found = changes.of(["README.md", "docs/adr/0001-own-outbox-and-inbox.md", "LICENSE", ".github/CODEOWNERS"])
        self.assertEqual((found.parts, found.frontend, found.code), ((), False, False))

    def test_not_knowing_what_changed_concerns_all(self) -> None:
        self.assertEqual(changes.of(None).parts, (*ALL, "libs"))


class GitTests(TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.git("init", "-q", "-b", "main")
        self.commit("auth/one.py")
        self.git("checkout", "-q", "-b", "feature/x")
        self.commit("messaging/two.py")
        self.git("checkout", "-q", "main")
        self.commit("workflow_api/three.py")
        self.git("checkout", "-q", "feature/x")

    def git(self, *arguments: str) -> None:
        name = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *name, *arguments], cwd=self.folder, check=True)

    def commit(self, name: str) -> None:
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(name)
        self.git("add", name)
        self.git("commit", "-q", "-m", name)

    def test_what_came_to_the_base_meanwhile_does_not_count(self) -> None:
        self.assertEqual(changes.files_since("main", self.folder), ["messaging/two.py"])

    def test_an_unknown_or_absent_base_is_not_known(self) -> None:
        for base in ("", "0" * 40, "f" * 40, "no-such-branch"):
            with self.subTest(base=base):
                self.assertIsNone(changes.files_since(base, self.folder))


class OutputTests(TestCase):
    def test_the_outputs_are_what_the_workflow_reads(self) -> None:
        with tempfile.NamedTemporaryFile("r") as file, contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(changes.main([], {"GITHUB_OUTPUT": file.name}), 0)
            lines = dict(line.strip().split("=", 1) for line in file)
        self.assertEqual(set(lines), {"parts", "services", "frontend", "code"})
        self.assertEqual(lines["code"], "true")
        self.assertIn('"libs"]', lines["parts"])
