"""Runs the tests that reach a mutant, for each mutant, in copies of the tree; every one must be caught."""

import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import coverage

from suite.console import Failure, colour, say, table
from suite.linters import tracked
from suite.mutation.derive import Mutant, of_folder
from suite.paths import ROOT
from suite.topology import Service

COPIES = 2
_COVERAGE = "[run]\nsource = {app}\ndynamic_context = test_function\ndata_file = {data}\n"
_RED = re.compile(r"^(?:FAIL|ERROR): (\S+)", re.MULTILINE)
_WITHIN = 900.0
HUNG = "they came to no end"


@dataclass(frozen=True)
class Outcome:
    """`by` is the test that failed, HUNG when they came to no end, "" when neither."""

    mutant: Mutant
    by: str
    seconds: float


class Tree:
    """A copy of the tracked files, whose tests of one service are run with the libraries of the copy."""

    def __init__(self, home: Path, service: Service) -> None:
        self.app = home / service.folder / service.app
        self._folder = home / service.folder
        for name in tracked():
            target = home / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)

    def test(self, *arguments: str, within: float) -> "subprocess.CompletedProcess[str]":
        """`manage.py test` on SQLite, or another command of Python. Raises subprocess.TimeoutExpired."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "DATABASE_"))}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self._folder,
            env=kept | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=within,
        )


def run(service: Service, *, only: str = "") -> int:
    """Answers 1 when a mutant survived or none was found."""
    mutants = [mutant for mutant in of_folder(service.path / service.app) if only in str(mutant)]
    if not mutants:
        raise Failure(f"{service.folder}: no mutant has {only!r} in its name")
    with tempfile.TemporaryDirectory(prefix="tts-mutation-") as folder:
        trees = [Tree(Path(folder) / str(number), service) for number in range(COPIES)]
        say(f"{service.folder}: which tests reach what ...")
        begun = time.monotonic()
        reached = _reached(trees[0], service, Path(folder))
        # Twice the time of all tests, with their coverage measured: whatever takes longer has come to a loop.
        within = 2 * (time.monotonic() - begun)
        say(f"{service.folder}: {len(mutants)} mutants")
        outcomes = _all(mutants, trees, reached, within)
    return _report(service, outcomes)


def _reached(tree: Tree, service: Service, folder: Path) -> "dict[str, dict[int, set[str]]]":
    """Tests by file and line; all must be green before anything is changed."""
    settings, data = folder / "coverage.ini", folder / "coverage.data"
    settings.write_text(_COVERAGE.format(app=service.app, data=data), encoding="utf-8")
    done = tree.test("-m", "coverage", "run", f"--rcfile={settings}", "manage.py", "test", within=_WITHIN)
    if done.returncode != 0:
        raise Failure(f"{service.folder}: the tests fail without any mutant: {done.stderr[-400:]}")
    measured = coverage.CoverageData(str(data))
    measured.read()
    found = {}
    for file in measured.measured_files():
        lines = {line: _tests(names) for line, names in measured.contexts_by_lineno(file).items()}
        found[str(Path(file).relative_to(tree.app.resolve()))] = lines
    return found


def _tests(contexts: Sequence[str]) -> set[str]:
    """`users.tests.test_access.AccessTests.test_table` and the like; what ran at import has no test."""
    return {context for context in contexts if ".tests.test_" in context}


def _all(
    mutants: Sequence[Mutant], trees: Sequence[Tree], reached: "dict[str, dict[int, set[str]]]", within: float
) -> list[Outcome]:
    free: queue.SimpleQueue[Tree] = queue.SimpleQueue()
    for tree in trees:
        free.put(tree)

    def one(mutant: Mutant) -> Outcome:
        tree = free.get()
        try:
            lines = reached.get(mutant.file, {})
            tests = sorted(set().union(*(lines.get(line, set()) for line in mutant.lines)))
            return _one(mutant, tree, tests, within)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(len(trees)) as pool:
        outcomes = []
        for outcome in pool.map(one, mutants):
            mark = colour("caught  ", "green") if outcome.by else colour("SURVIVED", "red")
            say(f"  {mark} {outcome.mutant} ({outcome.seconds:.0f} s) {outcome.by}")
            outcomes.append(outcome)
        return outcomes


def _one(mutant: Mutant, tree: Tree, tests: list[str], within: float) -> Outcome:
    """The tests that reach it, then, as what a setUp does is nobody's, their modules. Without any, all tests."""
    modules = sorted({test.rpartition(".")[0].rpartition(".")[0] for test in tests})
    path = tree.app / mutant.file
    code = path.read_text(encoding="utf-8")
    begun = time.monotonic()
    path.write_text(mutant.apply(code), encoding="utf-8")
    try:
        by = (tests and _red(mutant, tree, tests, within)) or _red(mutant, tree, modules, within)
    finally:
        path.write_text(code, encoding="utf-8")
    return Outcome(mutant, by, time.monotonic() - begun)


def _red(mutant: Mutant, tree: Tree, labels: list[str], within: float) -> str:
    """The first test of these that fails, HUNG when they come to no end, as in a loop without its condition, or ""."""
    try:
        done = tree.test("manage.py", "test", "--failfast", *labels, within=within)
    except subprocess.TimeoutExpired:
        return HUNG
    red = _RED.search(done.stderr)
    if done.returncode != 0 and not red:
        raise Failure(f"{mutant}: the tests broke down: {done.stderr[-400:]}")
    return red.group(1) if red else ""


def _report(service: Service, outcomes: Sequence[Outcome]) -> int:
    rows = []
    for rule in dict.fromkeys(outcome.mutant.rule for outcome in outcomes):
        ours = [outcome for outcome in outcomes if outcome.mutant.rule == rule]
        rows.append([rule, len(ours), sum(bool(outcome.by) for outcome in ours)])
    say(f"\n{service.folder}\n{table(['rule', 'mutants', 'caught'], rows)}")
    survivors = [outcome for outcome in outcomes if not outcome.by]
    for outcome in survivors:
        say(colour(f"  survived: {outcome.mutant}: {outcome.mutant.new[:60]!r}", "red"))
    say(f"{len(outcomes) - len(survivors)} passed, {len(survivors)} failed")
    return 1 if survivors else 0
