"""The throw-away suite of e2e.sh, as far as it can be seen without Docker."""

import tempfile
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

from suite import docker, e2e, envfile
from suite.stack import Stack


class ThrowAwayTests(TestCase):
    def test_it_has_secrets_and_ports_of_its_own_whatever_the_caller_set(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        with patch.dict("os.environ", {"GATEWAY_PORT": "1"}):
            stack = Stack(env_file=e2e.environment(folder))
            values = stack.variables()
        ports = [value for name, value in values.items() if name.endswith("_PORT")]
        usual = {value for name, value in envfile.read(docker.EXAMPLE).items() if name.endswith("_PORT")}
        self.assertEqual(len(ports), len(usual))
        self.assertFalse(set(ports) & (usual | {"1"}))
        self.assertTrue(values["POSTGRES_PASSWORD"])
