"""No list costs more queries for more rows."""

from dataclasses import replace
from unittest.mock import patch

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from eventbus.testing import deliver
from jwtauth.testing import SignedInClient
from notifications.models import DigestItem, Preference, QuietHours
from notifications.rules import RULES
from notifications.tests.cast import CORA, ERIN, delivery, meet, sign_in
from notifications.tests.test_inbox import notice
from servicekit.ids import uuid7


def queries(client: SignedInClient, path: str, rows: int) -> int:
    """Count the queries of one GET that answers so many rows."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    found = len(response.json()["results"])
    if found != rows:
        raise AssertionError(f"{rows} rows expected, got {found}")
    return len(captured)


class QueryCounts(TestCase):
    def assert_constant(self, path: str, client: SignedInClient, limit: int) -> None:
        two = queries(client, f"{path}?limit=2", 2)
        twenty = queries(client, f"{path}?limit=20", 20)
        self.assertEqual(two, twenty)
        self.assertLessEqual(twenty, limit)

    def test_the_inbox(self) -> None:
        for _ in range(21):
            notice()
        self.assert_constant("/api/v1/inbox/", sign_in(ERIN), 2)

    def test_deliveries(self) -> None:
        for number in range(21):
            delivery(message_id=f"<{number}@example.com>")
        self.assert_constant("/api/v1/deliveries/", sign_in(CORA), 2)

    def test_an_event_costs_the_same_for_one_and_for_twenty_coordinators(self) -> None:
        deliver("ticket.updated.v1")
        meet(CORA)
        with CaptureQueriesContext(connection) as one:
            deliver("task.unrouted.v1")
        for _ in range(19):
            deliver("user.changed.v1", data={"id": uuid7(), "roles": ["tts:ticket-coordinator"]})
        with CaptureQueriesContext(connection) as twenty:
            deliver("task.unrouted.v1")
        self.assertEqual(len(one), len(twenty))

    def test_digests_and_quiet_hours_cost_the_same_for_one_and_for_twenty(self) -> None:
        deliver("ticket.updated.v1")
        costs = []
        for number in (1, 20):
            ids = [uuid7() for _ in range(number)]
            for user_id in ids:
                deliver("user.changed.v1", data={"id": user_id, "roles": ["tts:ticket-coordinator"]})
                Preference.objects.create(user_id=user_id, kind="ticket_received", channel="email", digest_minutes=9)
                QuietHours.objects.create(user_id=user_id, start="00:00", end="23:59")
            with patch.dict(
                RULES, {"ticket.created.v1": replace(RULES["ticket.created.v1"], to=lambda _, to=ids: set(to))}
            ):
                for _ in range(2):
                    with CaptureQueriesContext(connection) as captured:
                        deliver("ticket.created.v1")
                    costs.append(len(captured))
        self.assertEqual(costs[:2], costs[2:])
        self.assertEqual(DigestItem.objects.count(), 42)
