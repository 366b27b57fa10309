"""Too little coverage fails, and the figures reach the job summary and the one comment of the pull request."""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

from suite import steps
from suite.ci import coverage, report
from suite.console import Failure
from suite.paths import ROOT

from .fake_http import Answer, Request, fake_http

SOURCE = "import sys\nif sys.argv[1:] == ['all']:\n    print('a')\nelse:\n    print('b')\n    sys.exit(3)\n"


class GateTests(TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "work.py").write_text(SOURCE)

    def measured(self, gate: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, coverage.__file__, "--name", self.folder.name, "--gate", gate, "--", "work.py"]
        done = subprocess.run(
            [*command, *arguments], cwd=self.folder, capture_output=True, text=True, check=False, env=os.environ
        )
        self.addCleanup(subprocess.run, ["rm", "-r", str(coverage.REPORTS / self.folder.name)], check=False)
        return done

    def test_enough_is_covered(self) -> None:
        done = self.measured("50", "all")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((coverage.REPORTS / self.folder.name / "coverage.xml").exists())

    def test_too_little_is_an_error_that_says_how_little(self) -> None:
        done = self.measured("99", "all")
        self.assertEqual(done.returncode, 2)
        self.assertIn("but at least 99 % are asked for", done.stderr)

    def test_a_process_that_the_tests_start_counts(self) -> None:
        start = "import subprocess, sys\nsubprocess.run([sys.executable, 'child.py'], check=True)\n"
        (self.folder / "work.py").write_text(start)
        (self.folder / "child.py").write_text("x = 1\n" * 50)
        done = self.measured("95")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_failed_tests_fail_whatever_they_covered(self) -> None:
        self.assertEqual(self.measured("0").returncode, 3)


class TableTests(TestCase):
    def test_every_part_has_its_line(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            for part, percent in (("libs/jsonlog", 99.0), ("auth", 41.2)):
                folder = Path(name) / part
                folder.mkdir(parents=True)
                summary = {"name": part, "percent": percent, "gate": 80}
                (folder / "summary.json").write_text(json.dumps(summary))
            text = coverage.markdown(coverage.summaries(Path(name)))
        self.assertIn("| auth | 41.2 % | 80 % | **too low** |", text)
        self.assertLess(text.index("| auth |"), text.index("| libs/jsonlog | 99.0 % |"))


class CommentTests(TestCase):
    def setUp(self) -> None:
        self.comments = [
            {"id": 7, "body": f"{report.MARK} by somebody else", "user": {"type": "User"}},
            {"id": 8, "body": f"{report.MARK}\nof the last run", "user": {"type": "Bot"}},
        ]
        self.status = 200

    def answer(self, request: Request) -> Answer:
        if request.method == "GET":
            return 200, self.comments
        return self.status, {"message": "Resource not accessible by integration"}

    def run_report(self) -> "list[Request]":
        with fake_http(self.answer) as fake, tempfile.TemporaryDirectory() as empty, patch("suite.ci.report.say"):
            environ = {
                "GITHUB_API_URL": fake.url,
                "GITHUB_REPOSITORY": "org/suite",
                "GITHUB_TOKEN": "t",
                "PULL_REQUEST": "5",
            }
            self.assertEqual(report.main([empty], environ), 0)
            return fake.requests

    def test_our_comment_is_updated(self) -> None:
        last = self.run_report()[-1]
        self.assertEqual((last.method, last.path), ("PATCH", "/repos/org/suite/issues/comments/8"))

    def test_the_first_run_writes_one(self) -> None:
        del self.comments[1]
        last = self.run_report()[-1]
        self.assertEqual((last.method, last.path), ("POST", "/repos/org/suite/issues/5/comments"))

    def test_a_forks_token_that_may_not_write_fails_nothing(self) -> None:
        self.status = 403
        self.run_report()

    def test_any_other_refusal_does(self) -> None:
        self.status = 422
        with self.assertRaises(Failure):
            self.run_report()


class StageTests(TestCase):
    def names(self, stage: str, **options: object) -> list[str]:
        given = {"fast": False, "service": None, "only": None} | options
        return [step.name for step in steps.choose(steps.Context(), stage=stage, **given)]  # type: ignore[arg-type]

    def test_every_step_belongs_to_one_stage(self) -> None:
        every = [step.name for step in steps.choose(steps.Context(), fast=False, service=None, only=None)]
        self.assertCountEqual([name for stage in steps.STAGES for name in self.names(stage)], every)

    def test_the_stages_hold_what_their_names_say(self) -> None:
        self.assertIn("tests auth (SQLite)", self.names("unit"))
        self.assertIn("tests auth (PostgreSQL 15)", self.names("integration"))
        self.assertIn("missing migrations auth", self.names("lint"))
        self.assertIn("zizmor", self.names("lint"))

    def test_one_part_is_that_part_only(self) -> None:
        self.assertEqual(self.names("unit", service="messaging"), ["tests messaging (SQLite)"])
        self.assertTrue(all("libs/" in name for name in self.names("unit", service="libs")))

    def test_measured_steps_know_their_gate(self) -> None:
        chosen = steps.choose(steps.Context(), fast=False, service="auth", only=None, coverage=True)
        measured = [step for step in chosen if "--gate" in step.arguments]
        self.assertEqual([step.stage for step in measured], ["integration"])
        gates = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["tts"]["coverage"]
        self.assertGreater(gates["auth"], gates["default"])  # its own, and not the one of all
        expected = ["--name", "auth", "--gate", str(gates["auth"]), "--", "manage.py", "test", "--noinput"]
        self.assertEqual(measured[0].arguments[2:], expected)
