"""The web console in a real Chromium on the real services; the stories are in frontend/e2e/."""

from unittest import TestCase

from suite import frontend, servers

from .shared import shared_suite


class Console(TestCase):
    """The three roles' days, by mouse and by keys alone; all of it accessible; attacks in words and names."""

    def test_the_stories_in_a_browser(self) -> None:
        suite = shared_suite().suite
        console = suite.topology.console
        assert console is not None
        child = frontend.serve(suite.topology, suite.state, port_offset=console.port - frontend.port())
        assert child is not None, "there is no Node.js"
        password, chromium = suite.environments.password, servers.browser()
        try:
            frontend.stories(console, origin=console.origins[0], password=password, chromium=chromium)
        finally:
            child.stop()
