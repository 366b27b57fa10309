"""The web console in a real Chromium on the real services; the stories are in frontend/e2e/."""

import os
import subprocess
from unittest import TestCase

from suite import frontend, servers

from .shared import shared_suite

_WITHIN = 600.0  # seconds, on a busy machine


class Console(TestCase):
    """Two people's day; every page accessible in both themes and at 360 px; attacks in words and file names."""

    def test_the_stories_in_a_browser(self) -> None:
        suite = shared_suite().suite
        console = suite.topology.console
        assert console is not None
        child = frontend.serve(suite.topology, suite.state, port_offset=console.port - frontend.port())
        assert child is not None, "there is no Node.js"
        environment = os.environ | {
            "CONSOLE_URL": console.origins[0],
            "CONSOLE_PASSWORD": suite.environments.password,
            "TEST_CHROMIUM": str(servers.browser()),
        }
        command = ["node", "--test", "--test-concurrency=1", "e2e/console.test.mjs"]
        try:
            done = subprocess.run(
                command, cwd=console.path, env=environment, capture_output=True, text=True, check=False, timeout=_WITHIN
            )
        finally:
            child.stop()
        self.assertEqual(done.returncode, 0, done.stdout[-8000:] + done.stderr[-2000:])
