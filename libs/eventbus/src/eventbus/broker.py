"""RabbitMQ: one topic exchange, one quorum queue per consuming service, confirms, dead letters."""

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

from amqp.exceptions import AMQPError
from kombu import Connection, Consumer, Exchange, Message, Producer, Queue, binding
from kombu.exceptions import KombuError

from eventbus import conf
from eventbus.inbox import MalformedEvent, receive
from eventbus.registry import consumed_types

logger = logging.getLogger(__name__)

EXCHANGE = Exchange("events", type="topic", durable=True)
DEAD_EXCHANGE = Exchange("events.dead", type="topic", durable=True)
CONFIRM_SECONDS = 10
PERSISTENT = 2
PREFETCH = 50
# Each loss of the connection counts as a delivery; only what kills its consumer again and again reaches this.
DELIVERY_LIMIT = 100

ERRORS = (KombuError, AMQPError, OSError)


def connect() -> Connection:
    """A connection to the broker that gives up after 5 seconds. Raises one of `ERRORS` when used without a broker."""
    connection = Connection(
        conf.broker_url(),
        connect_timeout=5,
        heartbeat=10,
        transport_options={"confirm_publish": True, "max_retries": 1},
    )
    connection.connect()
    return connection


def queue() -> Queue:
    """This service's queue, bound to every type that it consumes."""
    return Queue(
        f"{conf.service()}.events",
        bindings=[binding(EXCHANGE, routing_key=event_type) for event_type in consumed_types()],
        durable=True,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD_EXCHANGE.name,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )


def dead_queue() -> Queue:
    """Where the broker puts what was delivered `DELIVERY_LIMIT` times without an acknowledgement.

    Of the types that this service consumes: the exchange is everybody's, and a note that another service could not take
    is nothing for a service that never gets notes.
    """
    return Queue(
        f"{conf.service()}.events.dead",
        bindings=[binding(DEAD_EXCHANGE, routing_key=event_type) for event_type in consumed_types()],
        durable=True,
        queue_arguments={"x-queue-type": "quorum"},
    )


def declare(connection: Connection) -> None:
    """Declare the exchanges and, when this service consumes anything, its queues. Idempotent."""
    channel = connection.default_channel
    EXCHANGE(channel).declare()
    DEAD_EXCHANGE(channel).declare()
    if consumed_types():
        queue()(channel).declare()
        dead = dead_queue()(channel)
        dead.declare()
        dead.unbind_from(DEAD_EXCHANGE, routing_key="#")  # as it was bound before; unbinding what is not is nothing


class BrokerPublisher:
    """Publishes persistently and waits for each confirm; see `relay.Publisher`."""

    def __init__(self) -> None:
        self._connection = connect()
        declare(self._connection)
        self._producer = Producer(self._connection, exchange=EXCHANGE, on_return=self._returned)

    def send(self, envelope: dict[str, Any]) -> None:
        """Publish one envelope under its type. Raises one of `ERRORS` unless the broker confirmed it."""
        self._producer.publish(
            json.dumps(envelope),
            routing_key=envelope["type"],
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=PERSISTENT,
            mandatory=True,
            message_id=envelope["event_id"],
            timeout=CONFIRM_SECONDS,
            confirm_timeout=CONFIRM_SECONDS,
        )

    def close(self) -> None:
        """Close the connection, whatever its state."""
        self._connection.release()

    @staticmethod
    def _returned(_error: Exception, _exchange: Exchange | str, routing_key: str, _message: Message) -> None:
        # No queue is bound to this type. A service that consumes it and has not declared its queue yet
        # reads it from the feed when it reconciles.
        logger.info("event has no queue", extra={"event_type": routing_key})


def consume(stop: threading.Event, idle: Callable[[], None]) -> None:
    """Take events from this service's queue until `stop` is set, calling `idle` between them.

    An event is acknowledged after its transaction committed. Raises one of `ERRORS` when the broker goes away, and
    `django.db.Error` when the database does: then nothing is acknowledged and the broker delivers again.
    """
    connection = connect()
    try:
        declare(connection)
        channel = connection.channel()
        consumer = Consumer(channel, [queue()], on_message=_on_message, prefetch_count=PREFETCH)
        with consumer:
            while not stop.is_set():
                try:
                    connection.drain_events(timeout=0.5)
                except TimeoutError:
                    connection.heartbeat_check()
                idle()
    finally:
        connection.release()


def _on_message(message: Message) -> None:
    try:
        envelope = json.loads(message.body or b"")
        receive(envelope)
    except (ValueError, MalformedEvent):
        logger.exception("message is no event; it goes to the dead letters")
        message.reject(requeue=False)
        return
    message.ack()
