"""`Scripts/nightly.sh`: switches one guard off at a time in a copy of the tree; the fault test must go red.

The parts of suite/night_parts.py and the benches of suite/benches.py run before."""

import argparse
import re
import subprocess
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

from suite import benches, night_parts
from suite.console import Failure, colour, say
from suite.paths import ROOT

MUTANTS = ROOT / "tests" / "e2e" / "mutants.toml"
_REPORT = re.compile(r"missing: .*")


@dataclass(frozen=True)
class Mutant:
    """One guard switched off: `old` becomes `new` in `file`; `step` of Scripts/test.sh has to fail then."""

    name: str
    step: str
    file: str
    old: str
    new: str


def run(options: argparse.Namespace) -> int:
    """Runs the parts, benches and mutants whose name has `--only` in it. Answers 1 when one failed."""
    parts = [part for part in night_parts.parts() if _wanted(options, part.name)]
    chosen = [bench for bench in benches.BENCHES if _wanted(options, bench.name)]
    mutants = [mutant for mutant in load() if _wanted(options, mutant.name)]
    names = [part.name for part in parts] + [bench.name for bench in chosen] + [mutant.name for mutant in mutants]
    if not names:
        raise Failure(f"no mutant, bench or other part has {options.only!r} in its name; --list prints them")
    if options.list:
        say("\n".join(names))
        return 0
    broken = [*night_parts.run(parts), *benches.run(chosen)]
    survivors = [mutant for mutant in mutants if not _caught(mutant)]
    for name in broken:
        say(f"failed: {name}")
    for mutant in survivors:
        say(f"survived: {mutant.name}")
    failed = len(survivors) + len(broken)
    say(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _wanted(options: argparse.Namespace, name: str) -> bool:
    return not options.only or options.only in name


def load(path: Path = MUTANTS) -> list[Mutant]:
    """The mutants of the file."""
    return [Mutant(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]]


def switch_off(mutant: Mutant, root: Path) -> None:
    """Changes the copy at `root`; `Failure` when the code that the mutant names is not there exactly once."""
    file = root / mutant.file
    code = file.read_text(encoding="utf-8")
    if code.count(mutant.old) != 1:
        raise Failure(f"{mutant.file} does not hold the code of {mutant.name!r} exactly once; mend {MUTANTS.name}")
    file.write_text(code.replace(mutant.old, mutant.new), encoding="utf-8")


def _caught(mutant: Mutant) -> bool:
    say(f"{mutant.name} ...")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tts-mutant-") as folder:
        copy = Path(folder)
        copy_tree(copy)
        switch_off(mutant, copy)
        command = ["bash", "Scripts/test.sh", "--only", mutant.step]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    # A run that broke down instead of failing its asserts proves nothing.
    caught = done.returncode != 0 and "AssertionError" in done.stdout
    mark = colour("red, as it must be", "green") if caught else colour("SURVIVED", "red")
    found = _REPORT.search(done.stdout)
    say(f"  {mark} after {time.monotonic() - begun:.0f} s; {found.group(0) if found else done.stdout[-2000:]}")
    return caught


def copy_tree(target: Path) -> None:
    """The tracked files as they are now, in a repository, of which Scripts/test.sh asks which files there are."""
    subprocess.run(["git", "init", "-q", str(target)], check=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(source.read_bytes())
