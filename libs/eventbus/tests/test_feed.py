"""The feed: who may read it, what a page holds, and reading it into the inbox over HTTP."""

from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.test import LiveServerTestCase, TestCase, override_settings
from rest_framework.test import APIClient

from eventbus import conf, feed, publish, relay
from eventbus.feed import FeedReader, FeedUnavailable
from eventbus.models import FeedCursor, InboxEvent
from jwtauth.errors import ServiceTokenUnavailable
from jwtauth.testing import api_client, service_claims, service_client, sign
from servicekit.ids import uuid7
from tests.support import consuming


def publish_things(*types: str) -> None:
    with transaction.atomic():
        for event_type in types:
            publish(event_type, aggregate_id=uuid7(), version=1, data={"name": "n"})
    relay.assign_positions()


class ReadingAPage(TestCase):
    def setUp(self) -> None:
        self.client = service_client("workflow-api", "events:read")
        publish_things("thing.changed.v1", "other.changed.v1", "thing.changed.v1")

    def test_events_come_in_order_with_the_next_position(self) -> None:
        page = self.client.get("/internal/events").json()
        self.assertEqual(
            [event["type"] for event in page["events"]], ["thing.changed.v1", "other.changed.v1", "thing.changed.v1"]
        )
        self.assertEqual(page["next"], 3)

    def test_a_full_page_goes_on_where_it_ended(self) -> None:
        page = self.client.get("/internal/events?limit=2").json()
        self.assertEqual((len(page["events"]), page["next"]), (2, 2))
        page = self.client.get("/internal/events?limit=2&after=2").json()
        self.assertEqual((len(page["events"]), page["next"]), (1, 3))

    def test_only_the_asked_types_but_the_position_of_all(self) -> None:
        page = self.client.get("/internal/events?types=other.changed.v1").json()
        self.assertEqual(([event["type"] for event in page["events"]], page["next"]), (["other.changed.v1"], 3))

    def test_at_the_end_the_position_stays(self) -> None:
        self.assertEqual(self.client.get("/internal/events?after=3").json(), {"events": [], "next": 3})

    def test_who_has_read_further_than_there_is_learns_it(self) -> None:
        self.assertEqual(self.client.get("/internal/events?after=900").json(), {"events": [], "next": 3})

    def test_what_has_no_position_yet_is_not_there(self) -> None:
        with transaction.atomic():
            publish("thing.changed.v1", aggregate_id=uuid7(), version=1, data={})
        self.assertEqual(self.client.get("/internal/events?after=3").json()["events"], [])

    def test_nonsense_is_refused(self) -> None:
        for query in ("after=-1", "after=x", "limit=0", "limit=501", "after=99999999999999999999999"):
            with self.subTest(query):
                self.assertEqual(self.client.get(f"/internal/events?{query}").status_code, 400)

    def test_only_a_service_with_the_scope_may_read(self) -> None:
        superuser = api_client(roles=["tts:admin"], superuser=True)
        for client, status in (
            (APIClient(), 401),
            (superuser, 403),
            (service_client("workflow-api", "other:read"), 403),
        ):
            self.assertEqual(client.get("/internal/events").status_code, status)


class ReadingAnotherService(LiveServerTestCase):
    def setUp(self) -> None:
        token = sign(service_claims(client_id="workflow-api", scope="events:read"))
        self.enterContext(patch("jwtauth.service_token.get", return_value=token))
        self.enterContext(override_settings(EVENTBUS={**conf._settings(), "PRODUCERS": {"self": self.live_server_url}}))

    def test_events_reach_the_handler_once_and_the_position_moves(self) -> None:
        publish_things("thing.changed.v1", "other.changed.v1")
        with consuming() as handler:
            self.assertTrue(FeedReader().read())
            self.assertFalse(FeedReader().read())
        self.assertEqual(len(handler.events), 1)
        self.assertEqual(FeedCursor.objects.get().position, 2)

    def test_reading_again_from_the_start_changes_nothing(self) -> None:
        publish_things("thing.changed.v1")
        with consuming() as handler:
            FeedReader().read()
            FeedCursor.objects.update(position=0)
            FeedReader().read()
        self.assertEqual(len(handler.events), 1)

    def test_a_producer_that_was_put_back_to_a_backup_is_read_from_its_start(self) -> None:
        publish_things("thing.changed.v1")
        with consuming() as handler:
            FeedReader().read()
            FeedCursor.objects.update(position=900)
            publish_things("thing.changed.v1")
            with self.assertLogs("eventbus.feed", "ERROR"):
                FeedReader().read()
            FeedReader().read()
        self.assertEqual(len({event.event_id for event in handler.events}), 2)
        self.assertEqual(len(handler.events), 2)

    def test_a_replay_that_moves_the_position_meanwhile_is_not_undone(self) -> None:
        publish_things("thing.changed.v1")
        read = feed._page

        def page(*where: Any) -> dict[str, Any]:
            found = read(*where)
            FeedCursor.objects.update(position=7)
            return found

        with consuming(), patch("eventbus.feed._page", page):
            FeedReader().read()
        self.assertEqual(FeedCursor.objects.get().position, 7)

    def test_a_failing_event_does_not_hold_up_the_others(self) -> None:
        publish_things("thing.changed.v1", "thing.changed.v1")
        with consuming() as handler:
            handler.error = ValueError("no")
            FeedReader().read()
        self.assertEqual(InboxEvent.objects.filter(state="retry").count(), 2)
        self.assertEqual(FeedCursor.objects.get().position, 2)

    def test_a_producer_that_is_away_leaves_the_position_and_the_others(self) -> None:
        producers = {"gone": "http://127.0.0.1:1", "self": self.live_server_url}
        publish_things("thing.changed.v1")
        with consuming() as handler, override_settings(EVENTBUS={**conf._settings(), "PRODUCERS": producers}):
            self.assertTrue(FeedReader().read())
        self.assertEqual(len(handler.events), 1)
        self.assertEqual(FeedCursor.objects.get(producer="gone").position, 0)

    def test_without_a_token_the_feed_is_unavailable(self) -> None:
        with (
            patch("jwtauth.service_token.get", side_effect=ServiceTokenUnavailable("auth is away")),
            self.assertRaises(FeedUnavailable),
        ):
            feed.pull("self", self.live_server_url)

    def test_a_refusal_is_unavailability_and_drops_the_token(self) -> None:
        with (
            patch("jwtauth.service_token.get", return_value="nonsense"),
            patch("jwtauth.service_token.forget") as forget,
            self.assertRaises(FeedUnavailable),
        ):
            feed.pull("self", self.live_server_url)
        forget.assert_called_once()
