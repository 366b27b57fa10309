"""Branch protection is exactly the described one, and what GitHub did not take is an error. Notifications. Uptime."""

import contextlib
import copy
import io
import smtplib
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from unittest import TestCase
from unittest.mock import patch

from suite import topology
from suite.ci import notify, protection, uptime

from .fake_http import Answer, Request, fake_http


class ProtectionTests(TestCase):
    def setUp(self) -> None:
        self.rules: dict[str, Any] = {}
        self.signatures = False
        self.ignores_reviews = False

    def answer(self, request: Request) -> Answer:
        if request.headers["Authorization"] != "Bearer admin":
            return 403, {"message": "Resource not accessible"}
        if request.path.endswith("required_signatures"):
            self.signatures = self.signatures or request.method == "POST"
            return 200, {"enabled": self.signatures}
        if request.method == "PUT":
            self.rules = copy.deepcopy(request.body)
            if self.ignores_reviews:
                self.rules["required_pull_request_reviews"]["required_approving_review_count"] = 1
        return 200, self.rules

    def protect(self, token: str = "admin") -> tuple[int, str]:
        printed = io.StringIO()
        with fake_http(self.answer) as fake, contextlib.redirect_stderr(printed), contextlib.redirect_stdout(printed):
            environ = {"GITHUB_API_URL": fake.url, "GITHUB_REPOSITORY": "org/suite", "GITHUB_TOKEN": token}
            return protection.main([], environ), printed.getvalue()

    def test_the_described_rules_are_set(self) -> None:
        self.assertEqual(self.protect(), (0, "main is protected\n"))
        reviews = self.rules["required_pull_request_reviews"]
        self.assertEqual(reviews, {"required_approving_review_count": 2, "dismiss_stale_reviews": True})
        self.assertEqual(self.rules["required_status_checks"], {"strict": True, "contexts": ["ci-ok"]})
        self.assertTrue(self.signatures)

    def test_a_rule_that_github_did_not_take_is_named(self) -> None:
        self.ignores_reviews = True
        self.assertEqual(self.protect(), (1, "error: main: GitHub did not take two reviewers\n"))

    def test_a_token_without_the_right_is_an_error(self) -> None:
        code, text = self.protect(token="other")
        self.assertEqual(code, 1)
        self.assertIn("403 Resource not accessible", text)


class NotifyTests(TestCase):
    def setUp(self) -> None:
        self.status = 200

    def notify(self, outcome: str, *variables: str) -> tuple[int, str, list[Request]]:
        printed = io.StringIO()
        with (
            fake_http(lambda request: (self.status, {})) as fake,
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            environ: Mapping[str, str] = {name: f"{fake.url}/{name}" for name in variables}
            code = notify.main(["--outcome", outcome, "--text", "production: rolled back"], environ)
            return code, printed.getvalue(), fake.requests

    def test_every_configured_channel_is_told_what_happened(self) -> None:
        code, _, requests = self.notify("failure", "SLACK_WEBHOOK", "DISCORD_WEBHOOK")
        self.assertEqual(code, 0)
        self.assertEqual(
            [r.body for r in requests],
            [
                {"text": "failure: production: rolled back"},
                {"content": "failure: production: rolled back"},
            ],
        )

    def test_pagerduty_is_woken_by_failures_only(self) -> None:
        for outcome, count in (("failure", 1), ("success", 0)):
            _, _, requests = self.notify(outcome, "PAGERDUTY_ROUTING_KEY", "PAGERDUTY_URL")
            self.assertEqual(len(requests), count)

    def test_nothing_configured_is_no_error(self) -> None:
        code, text, requests = self.notify("success")
        self.assertEqual((code, requests), (0, []))
        self.assertIn("Slack: SLACK_WEBHOOK is not set", text)

    def test_a_channel_that_fails_keeps_no_other_from_being_told_and_its_address_secret(self) -> None:
        self.status = 500
        code, text, requests = self.notify("failure", "SLACK_WEBHOOK", "DISCORD_WEBHOOK")
        self.assertEqual((code, len(requests)), (1, 2))
        self.assertNotIn("http://", text)

    def test_mail(self) -> None:
        sent: list[EmailMessage] = []
        environ = {"NOTIFY_EMAIL_URL": "smtp://mail:25", "NOTIFY_EMAIL_TO": "team@example.com"}
        with patch.object(smtplib, "SMTP") as server, contextlib.redirect_stdout(io.StringIO()):
            server.return_value.__enter__.return_value.send_message.side_effect = sent.append
            self.assertEqual(notify.main(["--outcome", "failure", "--text", "staging: 503"], environ), 0)
        self.assertEqual(server.call_args.args, ("mail", 25))
        self.assertEqual((sent[0]["Subject"], sent[0]["To"]), ("[tts] failure: staging: 503", "team@example.com"))


class UptimeTests(TestCase):
    def ask(self, down: str = "") -> int:
        def answer(request: Request) -> Answer:
            return (503, {}) if down and request.path.startswith(down) else (200, {"status": "healthy"})

        with fake_http(answer) as fake, contextlib.redirect_stdout(io.StringIO()):
            return uptime.main(["--gateway", fake.url])

    def test_all_services_have_to_be_healthy(self) -> None:
        self.assertEqual(self.ask(), 0)
        for service in topology.load().services:
            self.assertEqual(self.ask(down=service.prefix), 1)
