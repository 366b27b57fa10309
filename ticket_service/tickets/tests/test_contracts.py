"""This service keeps docs/contracts.md, contracts/ and openapi.yaml."""

import json
import re

from django.test import TestCase

from eventbus.testing import ContractEventsMixin, deliver_sample, produced_types, published
from jwtauth.models import Person
from servicekit.testing import ContractRoutesMixin, OpenApiDriftMixin
from servicekit.testing.repository import repository_root
from tickets import events
from tickets.models import Priority
from tickets.status import Status
from tickets.tests.cast import Task, TicketTestCase


class RoutesTest(ContractRoutesMixin, TestCase):
    """Routes."""


class DocumentTest(OpenApiDriftMixin, TestCase):
    """openapi.yaml."""


class EventsTest(ContractEventsMixin, TicketTestCase):
    def test_produces_exactly_what_the_contract_says(self):
        named = {value for name, value in vars(events).items() if name.isupper() and re.search(r"\.v\d+$", str(value))}
        self.assertEqual(sorted(named), produced_types())

    def test_each_type_is_published_by_something(self):
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        self.cora.patch(self.url(ticket), {"subject": "Other"}, headers={"If-Match": '"2"'})
        self.cora.post(self.url(ticket, "merger"), {"into": self.file().number})
        self.assertEqual({event["type"] for event in published()}, set(produced_types()))

    def test_samples_of_people_are_applied(self):
        deliver_sample("user.changed.v1")
        deliver_sample("user.revoked.v1")
        self.assertFalse(Person.objects.get().is_active)


class WordsTest(TestCase):
    def test_words_are_those_of_the_contract(self):
        state = json.loads((repository_root() / "contracts/state/ticket.schema.json").read_text())["properties"]
        self.assertEqual(state["status"]["enum"], Status.values)
        self.assertEqual(state["priority"]["enum"], Priority.values)
