"""A deployment ends in one of six ways, says which, and leaves running what it says: against a fake Railway."""

import contextlib
import io
import json
import subprocess
import tempfile
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

from suite.paths import ROOT
from suite.railway import cli, log
from suite.railway.deploy import Outcome

from .fake_http import fake_http
from .fake_railway import SERVICES, FakeClock, FakeRailway

COMMIT = subprocess.run(
    ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.strip()


class DeployTests(TestCase):
    def setUp(self) -> None:
        self.clock = FakeClock()
        self.railway = FakeRailway(self.clock)
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(patch("suite.railway.cli.version_of", lambda service: "0.1.0"))
        self.printed = io.StringIO()

    def deploy(self, *arguments: str, token: str = "project-token") -> Outcome:
        with (
            fake_http(self.railway.answer) as fake,
            contextlib.redirect_stdout(self.printed),
            contextlib.redirect_stderr(self.printed),
        ):
            given = ["--environment", "staging", "--project", "p1", "--gateway", fake.url]
            given += ["--log", str(self.folder / "log.jsonl"), *arguments]
            environ = {"RAILWAY_TOKEN": token, "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md")}
            return Outcome(cli.main(given, environ=environ, clock=self.clock, url=fake.url))

    def commits(self) -> set[str]:
        """What runs."""
        return {self.railway.live(name)["commit"] for name in SERVICES}

    def assert_says(self, *parts: str) -> None:
        last = self.printed.getvalue().strip().splitlines()[-1]
        for part in parts:
            self.assertIn(part, last)

    def test_success(self) -> None:
        self.assertEqual(self.deploy(), Outcome.DEPLOYED)
        self.assertEqual(self.commits(), {COMMIT})
        self.assert_says("done", COMMIT[:12], "is deployed and healthy")
        self.assertNotIn("deploymentRollback", self.railway.calls)

    def test_it_is_watched_for_two_minutes(self) -> None:
        self.deploy()
        self.assertIn("watched  for 120 s", self.printed.getvalue())
        self.assertGreaterEqual(self.clock.time - 1_800_000_000, 120)

    def test_one_service_with_its_workers(self) -> None:
        self.assertEqual(self.deploy("--services", "messaging"), Outcome.DEPLOYED)
        changed = {name for name in SERVICES if self.railway.live(name)["commit"] == COMMIT}
        self.assertTrue(all(name.startswith("messaging") for name in changed), changed)
        self.assertIn("messaging-worker", changed)

    def test_a_deployment_that_railway_began_by_itself_is_adopted(self) -> None:
        self.railway.add("messaging", COMMIT, ["BUILDING", "SUCCESS"])
        self.assertEqual(self.deploy("--services", "messaging"), Outcome.DEPLOYED)
        self.assertEqual(len(self.railway.store["messaging"]), 2)

    def test_a_failed_build_leaves_what_ran_and_takes_the_others_back(self) -> None:
        self.railway.broken["messaging"] = "FAILED"
        self.assertEqual(self.deploy(), Outcome.ROLLED_BACK)
        self.assertTrue(all(commit.startswith("old") for commit in self.commits()))
        self.assert_says("error:", "messaging: deployment", "is FAILED", "rolled back")
        self.assertEqual(len(self.railway.store["messaging"]), 2, "there is nothing to roll back where nothing began")

    def test_an_unhealthy_service_is_rolled_back(self) -> None:
        self.railway.unhealthy.add("ticket-service")
        self.assertEqual(self.deploy(), Outcome.ROLLED_BACK)
        self.assertTrue(all(commit.startswith("old") for commit in self.commits()))
        self.assert_says("/tickets/health/ answers 503", "rolled back")

    def test_a_wrong_version_is_rolled_back(self) -> None:
        self.railway.version = "0.0.9"
        self.assertEqual(self.deploy(), Outcome.ROLLED_BACK)
        self.assert_says("is version 0.0.9, not 0.1.0", "rolled back")

    def test_a_burst_of_errors_after_success_is_rolled_back(self) -> None:
        self.railway.errors["workflow-api"] = 8
        self.assertEqual(self.deploy(), Outcome.ROLLED_BACK)
        self.assertTrue(all(commit.startswith("old") for commit in self.commits()))
        self.assert_says("workflow-api: 24 errors logged since it was deployed", "rolled back")

    def test_a_service_that_falls_ill_while_watched_is_rolled_back(self) -> None:
        self.railway.unhealthy.add("messaging")
        self.railway.unhealthy_from = self.clock.time + 60
        self.assertEqual(self.deploy(), Outcome.ROLLED_BACK)
        self.assert_says("unhealthy 3 times in a row while watched", "/messaging/health/ answers 503", "rolled back")

    def test_a_few_errors_are_borne(self) -> None:
        self.railway.errors["workflow-api"] = 8
        self.assertEqual(self.deploy("--watch", "8"), Outcome.DEPLOYED)

    def test_a_pause_of_the_api_is_borne(self) -> None:
        self.railway.down_between = (self.clock.time + 10, self.clock.time + 70)
        self.assertEqual(self.deploy(), Outcome.DEPLOYED)

    def test_an_api_that_stays_away_leaves_an_unknown_state_and_says_what_was_under_way(self) -> None:
        self.railway.down_between = (self.clock.time + 10, self.clock.time + 10_000)
        self.assertEqual(self.deploy(), Outcome.UNKNOWN)
        self.assert_says("error: Railway's API does not answer", "deployments under way: auth-service d")

    def test_an_api_that_is_away_from_the_start_changes_nothing(self) -> None:
        self.railway.down_between = (self.clock.time, self.clock.time + 10_000)
        self.assertEqual(self.deploy(), Outcome.NOTHING_CHANGED)
        self.assert_says("error: nothing was deployed: Railway's API does not answer")

    def test_a_refused_rollback_asks_for_a_person(self) -> None:
        self.railway.unhealthy.add("auth-service")
        self.railway.refuses_rollback = True
        self.assertEqual(self.deploy(), Outcome.ROLLBACK_FAILED)
        self.assert_says(
            "/auth/health/ answers 503", "and the rollback failed", "Deployment is not eligible for rollback"
        )

    def test_a_rollback_that_is_answered_by_no_asks_for_a_person(self) -> None:
        self.railway.unhealthy.add("auth-service")
        self.railway.rolls_back = False
        self.assertEqual(self.deploy(), Outcome.ROLLBACK_FAILED)
        self.assert_says("Railway would not roll back to")

    def test_a_first_deployment_has_nothing_to_return_to(self) -> None:
        for name in SERVICES:
            self.railway.store[name].clear()
        self.railway.broken["gateway"] = "CRASHED"
        self.assertEqual(self.deploy(), Outcome.ROLLBACK_FAILED)
        self.assert_says("gateway: deployment", "is CRASHED", "auth-service has no earlier deployment")

    def test_a_build_without_end_is_cancelled(self) -> None:
        self.railway.steps = ("BUILDING",) * 5000 + ("SUCCESS",)
        self.assertEqual(self.deploy("--timeout", "60"), Outcome.ROLLED_BACK)
        self.assertIn("deploymentCancel", self.railway.calls)
        self.assert_says("not deployed within 60 s", "rolled back")

    def test_a_dry_run_changes_nothing(self) -> None:
        self.assertEqual(self.deploy("--dry-run"), Outcome.DEPLOYED)
        self.assertEqual(set(self.railway.calls), {"project", "deployments"})
        self.assertFalse((self.folder / "log.jsonl").exists())

    def test_a_wrong_token_service_environment_or_commit_changes_nothing(self) -> None:
        self.assertEqual(self.deploy(token="other"), Outcome.NOTHING_CHANGED)
        self.assert_says("answers 401: is RAILWAY_TOKEN right?")
        self.assertEqual(self.deploy("--services", "billing"), Outcome.NOTHING_CHANGED)
        self.assert_says("no service 'billing'")
        self.assertEqual(self.deploy("--environment", "moon"), Outcome.NOTHING_CHANGED)
        self.assert_says("no environment 'moon'")
        self.assertEqual(self.deploy("--commit", "no-such-branch"), Outcome.NOTHING_CHANGED)
        self.assertNotIn("serviceInstanceDeployV2", self.railway.calls)

    def test_every_deployment_is_logged_and_the_summary_has_the_indicators(self) -> None:
        self.deploy()
        entry = json.loads((self.folder / "log.jsonl").read_text())
        self.assertEqual((entry["environment"], entry["commit"], entry["outcome"]), ("staging", COMMIT, "DEPLOYED"))
        self.assertIn("| Change failure rate | < 5 % | 0% |", (self.folder / "summary.md").read_text())


class IndicatorTests(TestCase):
    def entry(self, day: float, outcome: str, minutes: float = 10) -> log.Entry:
        start = day * log.DAY
        return log.Entry("production", "c", start - 1200, start, start + minutes * 60, outcome, "")

    def figures(self, *entries: log.Entry) -> dict[str, str]:
        return {name: value for name, _, value in log.indicators(entries, now=40 * log.DAY)}

    def test_they_are_computed_from_the_last_thirty_days(self) -> None:
        found = self.figures(
            self.entry(5, "ROLLBACK_FAILED"),
            self.entry(20, "DEPLOYED"),
            self.entry(21, "DEPLOYED", 30),
            self.entry(22, "ROLLED_BACK", 6),
            self.entry(23, "DEPLOYED"),
        )
        self.assertEqual(found["Deployment frequency"], "0.10 a day")
        self.assertEqual(found["Lead time, commit to production"], "30 minutes")
        self.assertEqual(found["Change failure rate"], "25%")
        self.assertEqual(found["Mean time to recovery"], "6 minutes")

    def test_a_failed_rollback_lasts_until_the_next_good_deployment(self) -> None:
        found = self.figures(self.entry(30, "ROLLBACK_FAILED"), self.entry(30.05, "DEPLOYED", 8))
        self.assertEqual(found["Mean time to recovery"], "80 minutes")

    def test_without_deployments_there_is_no_figure(self) -> None:
        self.assertEqual(self.figures()["Change failure rate"], "-")
