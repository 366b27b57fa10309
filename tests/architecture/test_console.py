"""frontend/ is held to topology.toml and the pipeline: own addresses, no registry in its lock, nothing inline."""

import json
import re
from unittest import TestCase

from suite import topology
from suite.frontend import OLDEST
from suite.paths import ROOT

from .source import SERVICES

CONSOLE = topology.load().console
assert CONSOLE is not None
PACKAGE = json.loads((CONSOLE.path / "package.json").read_text(encoding="utf-8"))


class ConsoleTests(TestCase):
    def test_no_page_has_an_address_below_a_services_prefix(self) -> None:
        """The gateway would hand it to the service."""
        text = (CONSOLE.path / "src" / "App.tsx").read_text(encoding="utf-8")
        pages = re.findall(r'<Route path="(/[^"]*)"', text)
        self.assertIn("/requests/:id", pages)
        for page in pages:
            for service in SERVICES:
                self.assertFalse(f"{page}/".startswith(service.prefix), f"{page} is {service.name}'s")

    def test_the_lock_names_no_registry(self) -> None:
        lock = (CONSOLE.path / "package-lock.json").read_text(encoding="utf-8")
        self.assertNotIn('"resolved"', lock)
        self.assertIn("omit-lockfile-registry-resolved=true", (CONSOLE.path / ".npmrc").read_text(encoding="utf-8"))

    def test_it_says_the_same_oldest_node_everywhere(self) -> None:
        self.assertEqual(PACKAGE["engines"]["node"], f">={OLDEST[0]}.{OLDEST[1]}")

    def test_it_has_what_the_pipeline_calls(self) -> None:
        pipeline = (ROOT / ".github" / "workflows" / "ci-cd-pipeline.yml").read_text(encoding="utf-8")
        called = set(re.findall(r"run: npm (?:run )?([a-z:]+)$", pipeline, re.MULTILINE)) - {"ci"}
        self.assertEqual(called, {"lint", "format:check", "test", "build"})
        self.assertLessEqual(called, set(PACKAGE["scripts"]))

    def test_its_policy_lets_nothing_inline_run(self) -> None:
        text = (CONSOLE.path / "security-headers.conf").read_text(encoding="utf-8")
        self.assertIn("default-src 'none'; script-src 'self'; style-src 'self'", text)
        self.assertIn("require-trusted-types-for 'script'", text)
        self.assertNotIn("unsafe", text)
        page = (CONSOLE.path / "index.html").read_text(encoding="utf-8")
        self.assertNotRegex(page, r"<style|<script>| on[a-z]+=| style=")

    def test_its_image_has_the_documents_that_its_types_are_made_from(self) -> None:
        dockerfile = (ROOT / "Docker" / "console.Dockerfile").read_text(encoding="utf-8")
        for service in SERVICES:
            self.assertIn(f"COPY {service.folder}/openapi.yaml /src/{service.folder}/\n", dockerfile)

    def test_every_service_has_typed_clients(self) -> None:
        clients = (CONSOLE.path / "src" / "api" / "clients.ts").read_text(encoding="utf-8")
        for service in SERVICES:
            self.assertIn(f'from "./generated/{service.folder}"', clients)
            self.assertIn(f"${{origin}}{service.prefix.rstrip('/')}", clients)
