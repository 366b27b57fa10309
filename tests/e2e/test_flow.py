"""The employee's ticket, end to end, on PostgreSQL with each transport: the demo, and what all of it has logged."""

import json
import unittest

import jsonschema
import urllib3
from suite import demo, local
from suite.paths import ROOT

from . import servers
from .running import Running, running_suite

PLANTED = "planted-Xy7kQ2vN9wTz"


class WholeFlow(unittest.TestCase):
    def run_demo(self, *, broker: bool) -> None:
        with (
            servers.postgresql() as database,
            servers.rabbitmq(broker) as rabbitmq,
            running_suite(
                database_url=database.url("postgres"),
                broker_url=rabbitmq.url if rabbitmq else "",
            ) as running,
        ):
            status = demo.run(
                running.suite.topology, password=running.password, evidence=local.evidence(running.suite.state)
            )
            self.assertEqual(status, 0, running.log()[-5000:])
            self.plant_secrets(running)
            self.check_lines(running)

    def plant_secrets(self, running: Running) -> None:
        """Where people and programs put them by mistake: in URLs, in headers, in bodies that do not parse."""
        for service in running.suite.topology.services:
            for path in (f"/api/v1/nothing/?token={PLANTED}", f"/api/v1/nothing/?next=postgres://u:{PLANTED}@db/x"):
                urllib3.request("GET", service.url + path, headers={"Authorization": f"Bearer {PLANTED}"})
            body = {"username": "employee", "password": PLANTED}
            urllib3.request("POST", f"{service.url}/api/v1/token/", json=body)

    def check_lines(self, running: Running) -> None:
        """Every line of every process is one of the published schema, and no secret stands in any."""
        schema = ROOT / "libs" / "jsonlog" / "src" / "jsonlog" / "line.schema.json"
        valid = jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
        secrets = [PLANTED, running.password, *running.suite.state.secrets(running.suite.topology).values()]
        for member in running.suite.members:
            text = member.child.log.read_text(encoding="utf-8")
            self.assertEqual([secret for secret in secrets if secret in text], [], member.name)
            for line in text.splitlines():
                try:
                    wrong = [error.message for error in valid.iter_errors(json.loads(line))]
                except ValueError:
                    wrong = ["no JSON"]
                self.assertEqual(wrong, [], f"{member.name}: {line[:500]}")

    def test_on_the_feed(self) -> None:
        self.run_demo(broker=False)

    def test_on_rabbitmq(self) -> None:
        self.run_demo(broker=True)
