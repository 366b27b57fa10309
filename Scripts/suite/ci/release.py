"""Versions and notes of releases, from the commits since the last one.

`python Scripts/release.py next` prints the next version; `notes --version X` the notes of a release;
`changelog --version X` puts them on top of CHANGELOG.md.
"""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from suite.ci import commits
from suite.ci.commits import Commit
from suite.console import Failure, say
from suite.paths import ROOT

VERSION = re.compile(r"^v?(\d+)\.(\d+)\.(\d+)$")
_MIGRATION = re.compile(r"^(?:libs/\w+/src|\w+)/\w+/migrations/\d{4}_\w+\.py$")
_TITLE = "# Changelog\n"


@dataclass(frozen=True)
class History:
    """What lies between the last release (`last`, "" before the first) and now."""

    last: str
    commits: Sequence[Commit]
    migrations: Sequence[str]


def history(cwd: Path = ROOT) -> History:
    last = last_tag(cwd)
    return History(last, commits.since(last, cwd=cwd), migrations_since(last, cwd))


def migrations_since(tag: str, cwd: Path = ROOT) -> list[str]:
    """The files of migrations that the tag does not have; all of them for ""."""
    added = _git(cwd, "diff", "--name-only", "--diff-filter=A", tag) if tag else _git(cwd, "ls-files")
    return [name for name in added.splitlines() if _MIGRATION.match(name)]


def last_tag(cwd: Path = ROOT) -> str:
    """The newest release that HEAD holds, HEAD's own tag left out; "" when there is none."""
    here = set(_git(cwd, "tag", "--points-at", "HEAD").split())
    tags = [tag for tag in _git(cwd, "tag", "--merged", "HEAD").split() if VERSION.match(tag) and tag not in here]
    return max(tags, key=_parsed, default="")


def next_version(past: History) -> str:
    """Breaking changes raise the first number (below 1.0.0 the second), features the second, all else the third."""
    major, minor, patch = _parsed(past.last) if past.last else (0, 0, 0)
    if any(commit.breaking for commit in past.commits) and major:
        return f"{major + 1}.0.0"
    if any(commit.breaking or commit.type == "feat" for commit in past.commits):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"


def notes(version: str, past: History, date: str) -> str:
    """The described sections; those with nothing to say are left out."""
    security = [c for c in past.commits if c.scope == "security" or (c.scope == "deps" and "vulnerab" in c.message)]
    services = sorted({name.partition("/")[0] for name in past.migrations})
    migrate = [f"`{service}`: `python manage.py migrate` (`bash entrypoint.sh setup`)" for service in services]
    of_type = {kind: [c for c in past.commits if c.type == kind and c not in security] for kind in ("feat", "fix")}
    sections = {
        "New Features": [_line(commit) for commit in of_type["feat"]],
        "Bug Fixes": [_line(commit) for commit in of_type["fix"]],
        "Breaking Changes": [commit.breaking for commit in past.commits if commit.breaking],
        "Migration Instructions": migrate,
        "Security Updates": [_line(commit) for commit in security],
        "Contributors": sorted({commit.author for commit in past.commits if not commit.author.endswith("[bot]")}),
    }
    parts = [f"## {title}\n\n{_bullets(lines)}" for title, lines in sections.items() if lines]
    return "\n".join([f"# Version {version} ({date})\n", *parts])


def with_notes(changelog: str, text: str) -> str:
    """The changelog with a release on top, below what introduces it; its headings go one level down."""
    introduction, mark, older = (changelog or _TITLE).partition("\n## Version ")
    lower = re.sub(r"^#", "##", text, flags=re.MULTILINE)
    return f"{introduction.rstrip()}\n\n{lower.rstrip()}\n" + (mark + older if mark else "")


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["next", "notes", "changelog"])
    parser.add_argument("--version", help="1.2.3 or v1.2.3; the next one if absent")
    options = parser.parse_args(arguments)
    try:
        past = history(root)
        if options.version and not VERSION.match(options.version):
            raise Failure(f"{options.version!r} is not MAJOR.MINOR.PATCH")
        version = (options.version or next_version(past)).removeprefix("v")
        text = notes(version, past, time.strftime("%Y-%m-%d", time.gmtime()))
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    if options.what == "changelog":
        path = root / "CHANGELOG.md"
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(with_notes(before, text), encoding="utf-8")
        say(f"CHANGELOG.md: version {version}, {len(past.commits)} commits")
    else:
        say(version if options.what == "next" else text)
    return 0


def _parsed(tag: str) -> tuple[int, int, int]:
    match = VERSION.match(tag)
    if not match:
        raise Failure(f"{tag!r} is not MAJOR.MINOR.PATCH")
    return int(match[1]), int(match[2]), int(match[3])


def _line(commit: Commit) -> str:
    closes = re.findall(r"(?:Closes|Fixes) (#\d+)", commit.message)
    scope = f"**{commit.scope}**: " if commit.scope else ""
    return f"{scope}{commit.subject}{' (' + ', '.join(closes) + ')' if closes else ''}"


def _bullets(lines: Iterable[str]) -> str:
    return "".join(f"- {line}\n" for line in lines)


def _git(cwd: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=cwd, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
