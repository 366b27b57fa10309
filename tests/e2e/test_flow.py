"""The employee's ticket, end to end, on PostgreSQL with each transport; the demo is the test."""

import unittest

from suite import demo, local

from . import servers
from .running import running_suite


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

    def test_on_the_feed(self) -> None:
        self.run_demo(broker=False)

    def test_on_rabbitmq(self) -> None:
        self.run_demo(broker=True)
