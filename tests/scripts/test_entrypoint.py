"""The probe of Docker/entrypoint.sh, which runs inside the containers."""

import os
import subprocess
from unittest import TestCase

from suite.paths import ROOT

from .fake_http import fake_http


def exit_code(command: str, **environment: str) -> int:
    arguments = ["bash", str(ROOT / "Docker" / "entrypoint.sh"), command]
    return subprocess.run(arguments, env=os.environ | environment, capture_output=True, check=False).returncode


class ReadyTests(TestCase):
    def code_when(self, status: int) -> int:
        with fake_http(lambda request: (status if request.path == "/readyz" else 404, {})) as server:
            return exit_code("ready", PORT=server.url.rpartition(":")[2])

    def test_a_process_that_says_so_is_ready(self) -> None:
        self.assertEqual(self.code_when(200), 0)

    def test_one_that_does_not_is_not(self) -> None:
        for status in (503, 500, 404, 0):
            with self.subTest(status=status):
                self.assertNotEqual(self.code_when(status), 0)

    def test_where_nobody_listens_nothing_is_ready(self) -> None:
        self.assertNotEqual(exit_code("ready", PORT="1"), 0)
