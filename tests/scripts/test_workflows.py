"""The workflows are what the documents describe, and hold to the rules that no linter knows."""

import re
from pathlib import Path
from typing import Any
from unittest import TestCase

import yaml
from suite.paths import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def load(path: Path) -> dict[str, Any]:
    """A workflow; YAML reads its key `on` as true."""
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in found.items()}


def named(name: str) -> dict[str, Any]:
    return load(ROOT / ".github" / "workflows" / name)


class RulesTests(TestCase):
    def test_nothing_is_granted_at_the_top_and_every_job_ends_in_time(self) -> None:
        for path in FILES:
            workflow = load(path)
            with self.subTest(workflow=path.name):
                self.assertEqual(workflow["permissions"], {})
                self.assertIn("concurrency", workflow)
                for name, job in workflow["jobs"].items():
                    self.assertIn("timeout-minutes", job, name)
                    self.assertIn("permissions", job, name)

    def test_a_job_with_a_secret_runs_in_an_environment(self) -> None:
        for path in FILES:
            for name, job in load(path)["jobs"].items():
                if "secrets." in yaml.safe_dump(job):
                    with self.subTest(workflow=path.name, job=name):
                        self.assertIn("environment", job)

    def test_releases_and_deployments_use_no_cache(self) -> None:
        jobs = {**named("release.yml")["jobs"], **named("ci-cd-pipeline.yml")["jobs"]}
        for name in ("images", "publish", "deploy-staging", "deploy-production"):
            self.assertNotIn("actions/cache", yaml.safe_dump(jobs[name]))

    def test_what_a_workflow_runs_is_there(self) -> None:
        for path in FILES:
            for script in re.findall(r"(?:python3?|bash) ((?:Scripts|\.github)/\S+\.(?:py|sh))", path.read_text()):
                with self.subTest(workflow=path.name):
                    self.assertTrue((ROOT / script).is_file(), script)

    def test_every_secret_and_variable_is_explained(self) -> None:
        page = (ROOT / "docs" / "ci-cd.md").read_text(encoding="utf-8")
        for path in FILES:
            for name in re.findall(r"(?:secrets|vars)\.(\w+)", path.read_text(encoding="utf-8")):
                with self.subTest(workflow=path.name):
                    self.assertIn(f"`{name}", page)

    def test_links_of_the_pages_lead_somewhere(self) -> None:
        pages = [ROOT / "docs" / f"{name}.md" for name in ("ci-cd", "railway", "releasing")]
        for page in [*pages, ROOT / "SECURITY.md", *(ROOT / "docs" / "runbooks").glob("*.md")]:
            for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
                with self.subTest(page=page.name):
                    self.assertTrue((page.parent / target).exists(), target)

    def test_every_image_that_was_pushed_is_attested_and_scanned(self) -> None:
        pipeline = named("ci-cd-pipeline.yml")["jobs"]
        for job in ("attest", "image-scan"):
            self.assertEqual(
                pipeline[job]["strategy"]["matrix"], {"include": "${{ fromJSON(needs.build.outputs.images) }}"}
            )

    def test_images_are_built_once_and_what_is_published_uses_no_cached_layer(self) -> None:
        texts = {path.name: path.read_text(encoding="utf-8") for path in FILES}
        built = [name for name, text in texts.items() if "docker.sh --build-only" in text]
        self.assertEqual(built, ["ci-cd-pipeline.yml"])
        steps = named("ci-cd-pipeline.yml")["jobs"]["build"]["steps"]
        cached = [step for step in steps if "actions/cache" in step.get("uses", "")]
        self.assertEqual([step["if"] for step in cached], ["github.event_name == 'pull_request'"])
        self.assertNotIn("build", texts["release.yml"].replace("buildx", ""))


class DescribedTests(TestCase):
    def test_the_auth_test_suite(self) -> None:
        workflow = named("auth-tests.yml")
        job = workflow["jobs"]["auth-tests"]
        runs = "\n".join(step.get("run", "") for step in job["steps"])
        self.assertEqual(workflow["name"], "Auth Test Suite")
        self.assertLessEqual({"push", "pull_request"}, set(workflow["on"]))
        self.assertEqual(job["defaults"]["run"]["working-directory"], "auth")
        self.assertIn("pip install -r requirements.txt", runs)
        self.assertIn("python manage.py test users.tests", runs)

    def test_the_pipelines_branches_and_its_manual_trigger(self) -> None:
        on = named("ci-cd-pipeline.yml")["on"]
        for event in ("push", "pull_request"):
            self.assertLessEqual({"main", "pre-production", "develop"}, set(on[event]["branches"]))
        self.assertEqual(on["workflow_dispatch"]["inputs"]["deploy-target"]["default"], "staging")

    def test_it_fails_fast_in_the_described_order(self) -> None:
        jobs = named("ci-cd-pipeline.yml")["jobs"]
        for earlier, later in (("lint", "unit"), ("unit", "integration"), ("integration", "build"), ("build", "e2e")):
            self.assertIn(earlier, jobs[later]["needs"])
        after = {"deploy-staging", "staging-smoke", "image-scan", "deploy-production", "notify"}
        self.assertEqual(set(jobs["ci-ok"]["needs"]), set(jobs) - after - {"ci-ok"})
        self.assertEqual(jobs["ci-ok"]["if"], "always()")

    def test_codeql(self) -> None:
        workflow = named("codeql-analysis.yml")
        self.assertEqual(workflow["on"]["push"]["branches"], ["main", "pre-production"])
        self.assertEqual(workflow["on"]["schedule"], [{"cron": "0 2 * * 0"}])
        languages = workflow["jobs"]["analyze"]["strategy"]["matrix"]["language"]
        self.assertLessEqual({"python", "javascript"}, set(languages))

    def test_production_is_behind_staging_the_scans_and_an_environment(self) -> None:
        job = named("ci-cd-pipeline.yml")["jobs"]["deploy-production"]
        self.assertEqual(job["environment"], "production")
        self.assertEqual(set(job["needs"]), {"staging-smoke", "image-scan"})
