"""Commit messages are held to the conventions, and releases are made of them."""

import contextlib
import io
import subprocess
import tempfile
from pathlib import Path
from unittest import TestCase

from suite.ci import commits, release
from suite.ci.commits import Commit
from suite.paths import ROOT

GOOD = """feat(auth): add JWT token refresh

Add automatic refresh token rotation for improved security.

Closes #456"""


def problems(message: str, author: str = "Alice") -> list[str]:
    return commits.problems(Commit("c", author, message))


class MessageTests(TestCase):
    def test_the_described_example_is_good(self) -> None:
        self.assertEqual(problems(GOOD), [])

    def test_every_described_type_is_good_and_no_other(self) -> None:
        for kind in ("feat", "fix", "docs", "style", "refactor", "test", "chore"):
            self.assertEqual(problems(f"{kind}(auth): x"), [])
        self.assertIn("none of feat, fix", problems("perf(auth): x")[0])

    def test_the_scope_is_required(self) -> None:
        self.assertIn("scope is missing", problems("fix: x")[0])

    def test_the_subject_has_fifty_characters_at_most(self) -> None:
        self.assertEqual(problems("fix(auth): " + "x" * 50), [])
        self.assertIn("has 51 characters", problems("fix(auth): " + "x" * 51)[0])

    def test_a_body_follows_an_empty_line(self) -> None:
        self.assertIn("empty line", problems("fix(auth): x\nmore")[0])

    def test_anything_else_is_no_message(self) -> None:
        for message in ("wip", "Fix(auth): x", "fix (auth): x", "fix(auth):x", ""):
            with self.subTest(message=message):
                self.assertEqual(len(problems(message)), 1)

    def test_merges_reverts_and_dependabot_are_left_alone(self) -> None:
        self.assertEqual(problems("Merge branch 'develop'"), [])
        self.assertEqual(problems('Revert "feat(auth): x"\n\nThis reverts commit 1.'), [])
        long = "chore(deps): bump something-with-a-long-name from 1.2.3 to 1.2.4 in /frontend"
        self.assertEqual(problems(long, "dependabot[bot]"), [])

    def test_the_hook_refuses_a_bad_message(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "MSG"
            for text, code in ((GOOD, 0), ("wip\n# a comment of git's", 1)):
                file.write_text(text)
                done = subprocess.run(
                    [ROOT / ".githooks" / "commit-msg", file], cwd=ROOT, check=False, capture_output=True
                )
                self.assertEqual(done.returncode, code, done.stderr)


class ReleaseTests(TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.git("init", "-q", "-b", "main")
        self.commit("feat(auth): begin")

    def git(self, *arguments: str) -> None:
        name = ["-c", "user.name=Alice", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *name, *arguments], cwd=self.folder, check=True)

    def commit(self, message: str, file: str = "") -> None:
        path = self.folder / (file or "file.txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(message)
        self.git("add", ".")
        self.git("commit", "-q", "-m", message)

    def after(self, tag: str, *messages: str) -> str:
        self.git("tag", tag)
        for message in messages:
            self.commit(message)
        return release.next_version(release.history(self.folder))

    def test_the_first_version(self) -> None:
        self.assertEqual(release.next_version(release.history(self.folder)), "0.1.0")

    def test_a_fix_raises_the_patch(self) -> None:
        self.assertEqual(self.after("v1.2.3", "fix(auth): x", "docs(auth): y"), "1.2.4")

    def test_a_feature_raises_the_minor(self) -> None:
        self.assertEqual(self.after("v1.2.3", "fix(auth): x", "feat(auth): y"), "1.3.0")

    def test_a_breaking_change_raises_the_major(self) -> None:
        self.assertEqual(self.after("v1.2.3", "fix(auth)!: x"), "2.0.0")
        self.assertEqual(self.after("v2.0.0", "fix(auth): x\n\nBREAKING CHANGE: the header is gone"), "3.0.0")

    def test_before_1_0_it_raises_the_minor(self) -> None:
        self.assertEqual(self.after("v0.4.1", "feat(auth)!: x"), "0.5.0")

    def test_the_newest_version_counts_not_the_last_name(self) -> None:
        self.git("tag", "v1.9.0")
        self.assertEqual(self.after("v1.10.0", "fix(auth): x"), "1.10.1")

    def test_notes_have_the_described_sections(self) -> None:
        self.after("v1.2.3", "feat(tickets): search\n\nCloses #7", "fix(auth)!: tokens\n\nBREAKING CHANGE: no cookie")
        self.commit("fix(security): patch a library")
        self.commit("chore(tickets): tidy", "ticket_service/tickets/migrations/0002_more.py")
        text = release.notes("2.0.0", release.history(self.folder), "2026-11-22")
        self.assertTrue(text.startswith("# Version 2.0.0 (2026-11-22)\n"))
        expected = {
            "New Features": "- **tickets**: search (#7)",
            "Bug Fixes": "- **auth**: tokens",
            "Breaking Changes": "- no cookie",
            "Migration Instructions": "- `ticket_service`: `python manage.py migrate`",
            "Security Updates": "- **security**: patch a library",
            "Contributors": "- Alice",
        }
        for title, line in expected.items():
            self.assertIn(f"## {title}\n\n{line}", text)
        self.assertNotIn("begin", text)

    def test_the_changelog_keeps_what_was_there(self) -> None:
        (self.folder / "CHANGELOG.md").write_text("# Changelog\n\nMade by a script.\n")
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(release.main(["changelog", "--version", "0.1.0"], root=self.folder), 0)
            self.after("v0.1.0", "fix(auth): later")
            self.assertEqual(release.main(["changelog"], root=self.folder), 0)
        text = (self.folder / "CHANGELOG.md").read_text()
        self.assertTrue(text.startswith("# Changelog\n\nMade by a script.\n\n## Version 0.1.1"), text)
        self.assertLess(text.index("## Version 0.1.1"), text.index("## Version 0.1.0"))

    def test_a_version_of_another_form_is_refused(self) -> None:
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(release.main(["notes", "--version", "1.2"], root=self.folder), 1)
