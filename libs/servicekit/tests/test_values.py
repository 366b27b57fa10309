"""Ids, times and their JSON."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from django.test import SimpleTestCase
from django.utils.translation import gettext_lazy

from servicekit.ids import uuid7
from servicekit.renderers import JSONRenderer, dump_json
from servicekit.time import rfc3339


class IdTests(SimpleTestCase):
    def test_version_7_in_the_order_of_the_calls(self):
        ids = [uuid7() for _ in range(2000)]
        self.assertEqual({(type(item), item.version) for item in ids}, {(uuid.UUID, 7)})
        self.assertEqual(ids, sorted(set(ids)))


class TimeTests(SimpleTestCase):
    def test_always_utc_with_microseconds(self):
        self.assertEqual(rfc3339(datetime(2026, 11, 21, 23, 55, 38, tzinfo=UTC)), "2026-11-21T23:55:38.000000Z")
        there = datetime(2026, 11, 22, 4, 55, 38, 123456, tzinfo=timezone(timedelta(hours=5)))
        self.assertEqual(rfc3339(there), "2026-11-21T23:55:38.123456Z")

    def test_a_naive_time_is_an_error(self):
        with self.assertRaises(ValueError):
            rfc3339(datetime(2026, 1, 1))


class JsonTests(SimpleTestCase):
    def test_values(self):
        some = uuid.uuid4()
        value = {
            "id": some,
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "on": date(2026, 1, 1),
            "cost": Decimal("1.10"),
            "set": {1},
            "lazy": gettext_lazy("x"),
            1: None,
        }
        self.assertEqual(
            json.loads(dump_json(value)),
            {
                "id": str(some),
                "at": "2026-01-01T00:00:00.000000Z",
                "on": "2026-01-01",
                "cost": "1.10",
                "set": [1],
                "lazy": "x",
                "1": None,
            },
        )

    def test_no_data_is_no_body(self):
        self.assertEqual(JSONRenderer().render(None), b"")
