"""Commit messages, as the conventions have them: `type(scope): subject`, body, footer. Read for checks and changelogs.

`python Scripts/commits.py --since REF` checks the commits that REF has not; `--file FILE` one message, for the hook.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from suite.console import Failure, say
from suite.paths import ROOT

TYPES = ("feat", "fix", "docs", "style", "refactor", "test", "chore")
SUBJECT_LENGTH = 50
_HEADER = re.compile(r"^(?P<type>[a-z]+)(?:\((?P<scope>[a-z0-9,._-]+)\))?(?P<breaking>!)?: (?P<subject>\S.*)$")
_BREAKING = re.compile(r"^BREAKING[ -]CHANGE: (.+)$", re.MULTILINE)
# Its subjects name packages and versions and cannot be made shorter.
_BOT = "dependabot[bot]"


@dataclass(frozen=True)
class Commit:
    """`type` is "" where the message does not follow the conventions."""

    id: str
    author: str
    message: str

    @property
    def header(self) -> str:
        return self.message.partition("\n")[0].rstrip()

    @property
    def match(self) -> "re.Match[str] | None":
        return _HEADER.match(self.header)

    @property
    def type(self) -> str:
        return self.match["type"] if self.match else ""

    @property
    def scope(self) -> str:
        return (self.match["scope"] or "") if self.match else ""

    @property
    def subject(self) -> str:
        return self.match["subject"] if self.match else self.header

    @property
    def breaking(self) -> str:
        """What breaks, or ""."""
        footer = _BREAKING.search(self.message)
        if footer:
            return footer[1]
        return self.subject if self.match and self.match["breaking"] else ""


def problems(commit: Commit) -> list[str]:
    """What is wrong with the message, one line each."""
    if commit.author == _BOT or commit.header.startswith(("Merge ", 'Revert "')):
        return []
    match = commit.match
    if not match:
        return [f"{commit.header!r} is not `type(scope): subject`"]
    found = []
    if match["type"] not in TYPES:
        found.append(f"type {match['type']!r} is none of {', '.join(TYPES)}")
    if not match["scope"]:
        found.append("the scope is missing: auth, tickets, workflow, ...")
    if len(match["subject"]) > SUBJECT_LENGTH:
        found.append(f"the subject has {len(match['subject'])} characters; {SUBJECT_LENGTH} at most")
    if match["subject"].endswith("."):
        found.append("the subject ends with a full stop")
    lines = commit.message.splitlines()
    if len(lines) > 1 and lines[1].strip():
        found.append("an empty line has to follow the first")
    return found


def since(reference: str, *, cwd: Path = ROOT, to: str = "HEAD") -> list[Commit]:
    """The commits that `reference` has not, merges left out, newest first; all for an empty `reference`."""
    span = f"{reference}..{to}" if reference else to
    command = ["git", "log", "--no-merges", "--format=%H%x1f%an%x1f%B%x1e", span]
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"git knows no {reference or to}: {done.stderr.strip()}")
    entries = [entry.strip("\n").split("\x1f") for entry in done.stdout.split("\x1e") if entry.strip()]
    return [Commit(id_, author, message.strip()) for id_, author, message in entries]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--since", metavar="REF")
    what.add_argument("--file", type=Path)
    options = parser.parse_args(arguments)
    try:
        if options.file:
            lines = options.file.read_text(encoding="utf-8").splitlines()
            text = "\n".join(line for line in lines if not line.startswith("#")).strip()
            commits = [Commit("this message", "", text)]
        else:
            commits = since(options.since)
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    bad = [(commit, problem) for commit in commits for problem in problems(commit)]
    for commit, problem in bad:
        print(f"error: {commit.id[:12]} {problem}", file=sys.stderr)
    if not bad:
        say(f"{len(commits)} messages follow the conventions")
    return 1 if bad else 0
