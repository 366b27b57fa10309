"""The code holds to docs/contracts.md, contracts/ and openapi.yaml."""

import re
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase, TestCase

from eventbus.testing import ContractEventsMixin, deliver_sample, produced_types, sample
from servicekit.testing import ContractRoutesMixin, OpenApiDriftMixin
from workflows.tests.cast import seed


class RoutesTest(ContractRoutesMixin, SimpleTestCase):
    pass


class OpenApiTest(OpenApiDriftMixin, SimpleTestCase):
    pass


class EventsTest(ContractEventsMixin, TestCase):
    def test_publishes_exactly_what_the_contract_says(self) -> None:
        """Events are published by `task_record(action=...)`; each of them is also published in some other test."""
        source = (Path(settings.BASE_DIR) / "workflows").rglob("*.py")
        texts = "".join(path.read_text() for path in source if "tests" not in path.parts)
        recorded = {f"task.{action}.v1" for action in re.findall(r'task_record\(task=task, action="(\w+)"', texts)}
        self.assertEqual(sorted(recorded), produced_types())

    def test_every_consumed_sample_is_handled(self) -> None:
        from eventbus.inbox import Outcome
        from eventbus.registry import consumers

        seed()
        for event_type in sorted(consumers, key=lambda name: not name.startswith("ticket.created")):
            with self.subTest(event_type):
                self.assertEqual(sample(event_type)["type"], event_type)
                self.assertEqual(deliver_sample(event_type), Outcome.HANDLED)
