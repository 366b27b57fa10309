"""RabbitMQ itself: confirms, redelivery, refusal of what is no event. Needs TEST_BROKER_URL."""

import json
import os
import threading
from typing import Any
from unittest import skipUnless
from unittest.mock import patch

from django.db import OperationalError
from django.test import TransactionTestCase, override_settings, tag
from eventbus import broker, conf
from eventbus.models import InboxEvent
from kombu import Producer
from servicekit.ids import uuid7

from tests.support import consuming, envelope

URL = os.environ.get("TEST_BROKER_URL", "")


@tag("rabbitmq")
@skipUnless(URL, "TEST_BROKER_URL names no RabbitMQ")
class OnRabbitMQ(TransactionTestCase):
    def setUp(self) -> None:
        service = f"test-{uuid7()}"
        self.enterContext(override_settings(EVENTBUS={**conf._settings(), "BROKER_URL": URL, "SERVICE": service}))
        self.enterContext(patch("eventbus.broker.EXCHANGE", broker.EXCHANGE.clone(name=f"{service}.x")))
        self.enterContext(patch("eventbus.broker.DEAD_EXCHANGE", broker.DEAD_EXCHANGE.clone(name=f"{service}.dead")))
        self.handler = self.enterContext(consuming())
        with broker.connect() as connection:
            broker.declare(connection)
        self.addCleanup(self.delete)

    def delete(self) -> None:
        with broker.connect() as connection:
            channel = connection.default_channel
            for queue in (broker.queue(), broker.dead_queue()):
                queue(channel).delete()
            for exchange in (broker.EXCHANGE, broker.DEAD_EXCHANGE):
                exchange(channel).delete()

    def send(self, *envelopes: dict[str, Any]) -> None:
        publisher = broker.BrokerPublisher()
        for event in envelopes:
            publisher.send(event)
        publisher.close()

    def consume_until(self, done: Any) -> None:
        stop = threading.Event()
        rounds = iter(range(200))

        def idle() -> None:
            if done() or next(rounds, None) is None:
                stop.set()

        broker.consume(stop, idle)
        self.assertTrue(done())

    def depth(self, queue: Any) -> int:
        with broker.connect() as connection:
            return int(queue(connection.default_channel).queue_declare(passive=True).message_count)

    def test_what_was_confirmed_is_consumed_in_order(self) -> None:
        events = [envelope(version=n) for n in range(1, 31)]
        self.send(*events)
        self.consume_until(lambda: len(self.handler.events) == 30)
        self.assertEqual([event.version for event in self.handler.events], list(range(1, 31)))
        self.assertEqual(InboxEvent.objects.count(), 30)

    def test_while_the_database_is_away_nothing_is_acknowledged(self) -> None:
        self.send(envelope())
        with (
            patch("eventbus.broker.receive", side_effect=OperationalError("gone")),
            self.assertRaises(OperationalError),
        ):
            broker.consume(threading.Event(), lambda: None)
        self.consume_until(lambda: len(self.handler.events) == 1)

    def test_what_is_no_event_goes_to_the_dead_letters(self) -> None:
        with broker.connect() as connection:
            producer = Producer(connection, exchange=broker.EXCHANGE)
            for body in ("{not json", json.dumps({"type": "thing.changed.v1"}), json.dumps([1])):
                producer.publish(body, routing_key="thing.changed.v1", content_type="application/json")
        with self.assertLogs("eventbus.broker", "ERROR") as logs:
            self.consume_until(lambda: len(logs.output) == 3)
        self.consume_until(lambda: self.depth(broker.dead_queue()) == 3)
        self.assertEqual(self.handler.events, [])

    def test_an_event_without_a_queue_is_no_error(self) -> None:
        self.send(envelope("nobody.cares.v1"))

    def test_a_publisher_whose_connection_broke_raises(self) -> None:
        publisher = broker.BrokerPublisher()
        publisher._connection.transport.close_connection(publisher._connection.connection)
        with self.assertRaises(broker.ERRORS):
            publisher.send(envelope())
