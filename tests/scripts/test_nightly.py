"""Every mutant still fits the code that it switches off, and names a step that there is."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import TestCase

from suite import benches, nightly, steps
from suite.console import Failure
from suite.nightly import Mutant
from suite.paths import ROOT


class BenchTests(TestCase):
    def test_each_is_there(self) -> None:
        for bench in benches.BENCHES:
            with self.subTest(bench.name):
                self.assertTrue((ROOT / bench.folder / bench.command()[1]).is_file())
                self.assertTrue((ROOT / bench.folder / "manage.py").is_file())

    def test_none_chosen_starts_no_server(self) -> None:
        self.assertEqual(benches.run([]), [])


class MutantTests(TestCase):
    def test_each_fits_the_code(self) -> None:
        for mutant in nightly.load():
            with self.subTest(mutant.name):
                self.assertEqual((ROOT / mutant.file).read_text().count(mutant.old), 1)

    def test_each_names_a_step(self) -> None:
        for mutant in nightly.load():
            with self.subTest(mutant.name):
                chosen = steps.choose(steps.Context(), fast=False, service=None, only=mutant.step)
                self.assertEqual(len(chosen), 1)

    def test_the_code_is_changed_in_the_copy(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "guard.py"
            file.write_text("keep()\nguard()\n")
            nightly.switch_off(Mutant("no guard", "step", "guard.py", "guard()", "pass"), Path(folder))
            self.assertEqual(file.read_text(), "keep()\npass\n")

    def test_the_copy_is_of_a_kind_that_test_sh_takes(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            nightly.copy_tree(Path(folder))
            command = [sys.executable, "Scripts/suite", "test", "--list"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            self.assertIn("faults on RabbitMQ", done.stdout, done.stderr[-300:])

    def test_a_mutant_that_no_longer_fits_is_an_error(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "guard.py").write_text("keep()\n")
            with self.assertRaisesRegex(Failure, "exactly once"):
                nightly.switch_off(Mutant("no guard", "step", "guard.py", "guard()", "pass"), Path(folder))

    def test_an_unknown_name_is_an_error(self) -> None:
        with self.assertRaisesRegex(Failure, "no mutant, bench"):
            nightly.run(argparse.Namespace(only="nothing of that name", list=False))
