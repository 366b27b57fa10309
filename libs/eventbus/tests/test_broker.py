"""RabbitMQ itself: confirms, redelivery, refusal of what is no event. Needs TEST_BROKER_URL."""

import contextlib
import json
import os
import socket
import threading
from typing import Any
from unittest import skipUnless
from unittest.mock import patch
from urllib.parse import urlsplit

from django.db import OperationalError
from django.test import TransactionTestCase, override_settings, tag
from kombu import Exchange, Producer

from eventbus import broker, conf
from eventbus.models import InboxEvent
from servicekit.ids import uuid7
from tests.support import consuming, envelope

BUFFER = 65536
URL = os.environ.get("TEST_BROKER_URL", "")


class DeafProxy:
    """A TCP proxy to the broker that can stop passing the broker's answers on, as a frozen host would."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "", parts.port or 5672)
        self._listener = socket.create_server(("127.0.0.1", 0))
        own = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = url.replace(f"{parts.hostname}:{parts.port or 5672}", own)
        self.deaf = threading.Event()
        self._open: list[socket.socket] = [self._listener]

    def __enter__(self) -> "DeafProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        server = socket.create_connection(self._target)
        self._open += [client, server]
        threading.Thread(target=self._pass, args=(client, server, threading.Event()), daemon=True).start()
        threading.Thread(target=self._pass, args=(server, client, self.deaf), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket, deaf: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(BUFFER):
                if not deaf.is_set():
                    target.sendall(data)


@tag("rabbitmq")
# Not in a run without a broker, as with nothing set up; in Scripts/test.sh, which has RabbitMQ, a skip fails the step.
@skipUnless(URL, "TEST_BROKER_URL names no RabbitMQ")
class OnRabbitMQ(TransactionTestCase):
    def setUp(self) -> None:
        service = f"test-{uuid7()}"
        self.enterContext(override_settings(EVENTBUS={**conf._settings(), "BROKER_URL": URL, "SERVICE": service}))
        for name in ("EXCHANGE", "DEAD_EXCHANGE"):
            own = Exchange(f"{service}.{name.lower()}", type="topic", durable=True)
            self.enterContext(patch(f"eventbus.broker.{name}", own))
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

    def test_what_another_service_could_not_take_is_not_among_them(self) -> None:
        with broker.connect() as connection:
            dead = Producer(connection, exchange=broker.DEAD_EXCHANGE)
            for event_type in ("comment.note_created.v1", "thing.changed.v1"):
                dead.publish("{}", routing_key=event_type, content_type="application/json")
        self.consume_until(lambda: self.depth(broker.dead_queue()) == 1)

    def test_a_queue_that_was_bound_to_everything_is_so_no_longer(self) -> None:
        with broker.connect() as connection:
            bound = broker.dead_queue()(connection.default_channel)
            bound.bind_to(broker.DEAD_EXCHANGE, routing_key="#")
            broker.declare(connection)
            dead = Producer(connection, exchange=broker.DEAD_EXCHANGE)
            for event_type in ("comment.note_created.v1", "thing.changed.v1"):
                dead.publish("{}", routing_key=event_type, content_type="application/json")
        self.consume_until(lambda: self.depth(broker.dead_queue()) == 1)

    def test_an_event_without_a_queue_is_no_error(self) -> None:
        self.send(envelope("nobody.cares.v1"))

    def test_a_broker_that_takes_a_message_and_never_confirms_is_an_error(self) -> None:
        proxy = self.enterContext(DeafProxy(URL))
        with patch("eventbus.conf.broker_url", return_value=proxy.url), patch("eventbus.broker.CONFIRM_SECONDS", 1):
            publisher = broker.BrokerPublisher()
            publisher.send(envelope())
            proxy.deaf.set()
            with self.assertRaises(broker.ERRORS):
                publisher.send(envelope())

    def test_a_broken_connection_is_an_error(self) -> None:
        proxy = self.enterContext(DeafProxy(URL))
        with patch("eventbus.conf.broker_url", return_value=proxy.url):
            publisher = broker.BrokerPublisher()
            publisher.send(envelope())
            proxy.close()
            with self.assertRaises(broker.ERRORS):
                publisher.send(envelope())
