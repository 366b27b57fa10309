"""What docs/contracts.md, contracts/ and openapi.yaml promise."""

import json
import re
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase, TestCase
from django.test.runner import DiscoverRunner

from eventbus.registry import resync_sources
from eventbus.testing import ContractEventsMixin, produced_types, published
from jwtauth.people import RevocationChange, UserState
from servicekit.testing import ContractRoutesMixin, OpenApiDriftMixin
from users.seeding import ROLES, seed_systems
from users.services.roles import role_assign
from users.tests.cast import person, role


class RouteTests(ContractRoutesMixin, SimpleTestCase):
    unlisted = ("/admin/",)  # users/tests/test_operator_site.py


class OpenApiTests(OpenApiDriftMixin, SimpleTestCase):
    pass


class EventTests(ContractEventsMixin, TestCase):
    def test_every_promised_event_is_published(self):
        seed_systems(force=False)
        role_assign(user=person("erin"), role=role("tts:agent"))
        self.assertEqual(sorted({event["type"] for event in published()}), produced_types())

    def test_every_aggregate_can_be_published_again(self):
        seed_systems(force=False)
        person("erin", "hdts:employee")
        latest = {event["aggregate_id"]: event for event in published()}
        for source in resync_sources.values():
            for _ in source():
                pass
        repeated = {event["aggregate_id"]: event for event in published() if event["resync"]}
        self.assertEqual(set(repeated), set(latest))
        for aggregate_id, event in repeated.items():
            for field in ("type", "version", "data"):
                self.assertEqual(event[field], latest[aggregate_id][field])

    def test_the_libraries_slices_are_the_state(self):
        contracts = Path(settings.BASE_DIR).parent / "contracts"
        state = json.loads((contracts / "state/user.schema.json").read_text())
        self.assertEqual(set(UserState.__struct_fields__), set(state["required"]))
        event = json.loads((contracts / "events/user.revoked.v1.schema.json").read_text())
        change = event["properties"]["change"]["required"]
        self.assertEqual(set(RevocationChange.__struct_fields__), set(change))

    def test_the_seeded_roles_are_those_of_the_contract(self):
        page = (Path(settings.BASE_DIR).parent / "docs/contracts.md").read_text()
        [listed] = re.findall(r"^Roles: (.*?)\. ", page, re.MULTILINE | re.DOTALL)
        self.assertEqual(set(re.findall(r"`([a-z]+:[a-z-]+)`", listed)), set(ROLES))


class LabelTests(SimpleTestCase):
    """Whichever way the tests are asked for, all of them run."""

    def count(self, label):
        return DiscoverRunner(verbosity=0, interactive=False).build_suite([label]).countTestCases()

    def test_both_labels_run_everything(self):
        self.assertEqual(self.count("users.tests"), self.count("users"))
        self.assertGreater(self.count("users.tests"), 100)

    def test_the_two_classes_have_their_names(self):
        for name in ("UserAuthenticationTests", "UserLoginAPITests"):
            self.assertGreaterEqual(self.count(f"users.tests.{name}"), 4)
