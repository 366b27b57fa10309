"""PostgreSQL 15 and RabbitMQ of one test's own, empty, on disk, so that the test may stop and kill them."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from suite import servers
from suite.postgres import Cluster
from suite.rabbitmq import Broker


@contextlib.contextmanager
def postgresql() -> Iterator[Cluster]:
    """A started cluster, durable as in production."""
    servers.install(need_rabbitmq=False)
    with tempfile.TemporaryDirectory(prefix="tts-pg-") as folder:
        Path(folder).chmod(0o755)
        cluster = servers.postgresql(Path(folder) / "postgresql")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop(mode="immediate")
            cluster.remove()


@contextlib.contextmanager
def rabbitmq(wanted: bool) -> Iterator[Broker | None]:
    """A started node, or None where the test wants none."""
    if not wanted:
        yield None
        return
    servers.install(need_postgresql=False)
    with tempfile.TemporaryDirectory(prefix="tts-mq-") as folder:
        broker = servers.rabbitmq(Path(folder) / "rabbitmq")
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()
