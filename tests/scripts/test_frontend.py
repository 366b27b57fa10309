"""Without Node.js, or with too old a one, local.sh says so and goes on; with one it builds only what has changed."""

import os
import tempfile
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

from suite import frontend, topology
from suite.console import Failure
from suite.ports import any_free
from suite.state import State
from suite.topology import Console


class LackingTests(TestCase):
    def with_node(self, version: str | None) -> str:
        """What is lacking where `node --version` says so, or where there is none."""
        with tempfile.TemporaryDirectory() as folder:
            if version is not None:
                for name in ("node", "npm"):
                    path = Path(folder) / name
                    path.write_text(f"#!/bin/sh\necho {version}\n")
                    path.chmod(0o755)
            with patch.dict(os.environ, {"PATH": folder}):
                return frontend.lacking()

    def test_a_machine_without_node_is_told(self) -> None:
        self.assertEqual(self.with_node(None), "Node.js and npm were not found")

    def test_an_old_node_is_named(self) -> None:
        self.assertEqual(self.with_node("v18.20.1"), "Node.js is v18.20.1")
        self.assertEqual(self.with_node("v20.18.0"), "Node.js is v20.18.0")

    def test_a_new_one_is_enough(self) -> None:
        self.assertEqual(self.with_node("v20.19.0"), "")
        self.assertEqual(self.with_node("v24.1.0"), "")


class ServingTests(TestCase):
    def test_a_console_that_cannot_be_built_leaves_the_services_running(self) -> None:
        shape = topology.make((), Console("frontend", any_free(1)))
        said: list[str] = []
        with (
            patch.object(frontend, "lacking", return_value=""),
            patch.object(frontend, "build", side_effect=Failure("`npm ci` in frontend/ failed: no registry")),
            patch.object(frontend, "say", said.append),
            tempfile.TemporaryDirectory() as folder,
        ):
            self.assertIsNone(frontend.serve(shape, State(Path(folder))))
        self.assertEqual(said, ["The web console is not served: `npm ci` in frontend/ failed: no registry"])

    def test_a_port_that_every_browser_refuses_is_refused_before(self) -> None:
        shape = topology.make((), Console("frontend", 10080))
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(Failure, "browsers refuse port 10080"):
            frontend.serve(shape, State(Path(folder)))


class BuildTests(TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "frontend"
        self.console = Console(str(self.folder), 8080)  # an absolute folder stays itself
        for name in ("src/main.tsx", "index.html", "vite.config.ts", "package-lock.json"):
            self.touch(name, at=1000)
        self.calls: list[str] = []
        self.enterContext(patch.object(frontend, "_npm", lambda _, *arguments: self.calls.append(arguments[0])))

    def touch(self, name: str, *, at: float) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
        os.utime(path, (at, at))

    def test_a_new_clone_is_installed_and_built(self) -> None:
        frontend.build(self.console)
        self.assertEqual(self.calls, ["ci", "run"])

    def test_what_has_not_changed_is_left_as_it_is(self) -> None:
        self.touch("node_modules/.package-lock.json", at=2000)
        self.touch("dist/index.html", at=2000)
        frontend.build(self.console)
        self.assertEqual(self.calls, [])

    def test_a_changed_page_is_built_and_a_changed_lock_installed(self) -> None:
        self.touch("node_modules/.package-lock.json", at=2000)
        self.touch("dist/index.html", at=2000)
        self.touch("src/main.tsx", at=3000)
        frontend.build(self.console)
        self.assertEqual(self.calls, ["run"])
        self.touch("package-lock.json", at=3000)
        frontend.build(self.console)
        self.assertEqual(self.calls, ["run", "ci", "run"])
