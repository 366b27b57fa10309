"""Scripts/images.py against a docker that answers as the real one does: what it is asked, and what it refuses."""

import contextlib
import io
import json
import os
import tempfile
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

from suite import topology
from suite.ci import publish

from .fake_http import Answer, Request, fake_http

SERVICES = [*(service.folder for service in topology.load().services), "console"]
DIGEST = "sha256:" + "ab" * 32
# Writes down what it is asked; `push` prints what docker prints; a reference in the file `missing` is not found.
FAKE = f"""#!/usr/bin/env bash
here="${{BASH_SOURCE[0]%/*}}"
echo "$*" >> "$here/asked"
if [ -f "$here/missing" ] && [[ "$*" == *inspect*"$(cat "$here/missing")"* ]]; then
  echo "ERROR: ghcr.io/o/r/x: not found" >&2
  exit 1
fi
[ "$1" != push ] || echo "latest: digest: {DIGEST} size: 1234"
"""


class PublishTests(TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        docker = self.folder / "docker"
        docker.write_text(FAKE)
        docker.chmod(0o755)
        self.enterContext(patch.dict("os.environ", PATH=f"{self.folder}{os.pathsep}{os.environ['PATH']}"))
        self.output = self.folder / "output"
        self.checks = [{"status": "completed", "conclusion": "success"}]

    def run_it(self, *arguments: str) -> tuple[int, str]:
        said = io.StringIO()
        with fake_http(self.answer) as fake, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            environ = {"GITHUB_OUTPUT": str(self.output), "GITHUB_API_URL": fake.url}
            environ |= {"GITHUB_REPOSITORY": "owner/repo", "GITHUB_TOKEN": "t"}
            code = publish.main([*arguments, "--registry", "ghcr.io/Owner/Repo", "--commit", "c0ffee"], environ)
        return code, said.getvalue()

    def answer(self, request: Request) -> Answer:
        self.assertTrue(request.path.startswith("/repos/owner/repo/commits/c0ffee/check-runs?check_name=ci-ok"))
        return 200, {"check_runs": self.checks}

    def asked(self) -> list[str]:
        return (self.folder / "asked").read_text().splitlines()

    def test_every_service_is_pushed_under_its_commit_and_the_digests_become_the_output(self) -> None:
        code, _ = self.run_it("push")
        self.assertEqual(code, 0)
        pushed = [line for line in self.asked() if line.startswith("push")]
        self.assertEqual(pushed, [f"push ghcr.io/owner/repo/{service}:c0ffee" for service in SERVICES])
        name, _, value = self.output.read_text().partition("=")
        self.assertEqual(name, "images")
        expected = [{"service": s, "image": f"ghcr.io/owner/repo/{s}", "digest": DIGEST} for s in SERVICES]
        self.assertEqual(json.loads(value), expected)

    def test_a_release_names_the_tried_images_and_builds_nothing(self) -> None:
        code, _ = self.run_it("promote", "--version", "v1.2.3")
        self.assertEqual(code, 0)
        created = [line for line in self.asked() if "create" in line]
        names = "--tag ghcr.io/owner/repo/auth:1.2.3 --tag ghcr.io/owner/repo/auth:latest"
        self.assertEqual(created[0], f"buildx imagetools create {names} ghcr.io/owner/repo/auth:c0ffee")
        self.assertEqual(len(created), len(SERVICES))
        self.assertFalse([line for line in self.asked() if line.startswith(("build ", "push"))])

    def test_when_one_image_is_missing_none_gets_the_version(self) -> None:
        (self.folder / "missing").write_text("messaging:c0ffee")
        code, said = self.run_it("promote", "--version", "1.2.3")
        self.assertEqual(code, 1)
        self.assertIn("messaging:c0ffee is not there: the pipeline of this commit has to end", said)
        self.assertFalse([line for line in self.asked() if "create" in line])

    def test_what_did_not_pass_the_pipeline_is_not_released(self) -> None:
        for checks, why in (
            ([], "it has not run"),
            ([{"status": "completed", "conclusion": "failure"}], "failure"),
            ([{"status": "in_progress", "conclusion": None}], "in_progress"),
        ):
            with self.subTest(why=why):
                self.checks = checks
                code, said = self.run_it("promote", "--version", "1.2.3")
                self.assertEqual(code, 1)
                self.assertIn(f"ci-ok of c0ffee is no success: {why}", said)
                self.assertFalse((self.folder / "asked").exists())

    def test_a_version_that_is_none_is_refused_before_docker_is_asked(self) -> None:
        code, said = self.run_it("promote", "--version", "next")
        self.assertEqual(code, 1)
        self.assertIn("'next' is not MAJOR.MINOR.PATCH", said)
        self.assertFalse((self.folder / "asked").exists())
