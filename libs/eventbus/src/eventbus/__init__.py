"""Events between services: an outbox in the producer, an inbox in the consumer, RabbitMQ or a feed between them."""

from eventbus.outbox import draft, publish, publish_all
from eventbus.registry import Event, Retry, consumes, resyncs

__all__ = ["Event", "Retry", "consumes", "draft", "publish", "publish_all", "resyncs"]
