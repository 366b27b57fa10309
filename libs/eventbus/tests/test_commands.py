"""What an operator types."""

from collections.abc import Iterator
from io import StringIO
from unittest.mock import patch

from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings

from eventbus import conf, registry
from eventbus.models import FeedCursor, InboxEvent
from tests.support import envelope


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def dead(event_type: str = "thing.changed.v1") -> InboxEvent:
    event = envelope(event_type)
    return InboxEvent.objects.create(
        event_id=event["event_id"], type=event_type, producer="p", state="dead", envelope=event, attempts=12
    )


class DeadLetters(TestCase):
    def test_none_is_said_and_exits_zero(self) -> None:
        self.assertIn("0 dead, 0 waiting", run("dead_letters"))

    def test_each_is_listed_and_the_exit_status_tells(self) -> None:
        row = dead()
        out = StringIO()
        with self.assertRaises(SystemExit) as exit_:
            call_command("dead_letters", stdout=out)
        self.assertEqual(exit_.exception.code, 1)
        self.assertIn(row.event_id, out.getvalue())

    def test_replay_revives_them_by_type(self) -> None:
        row, other = dead(), dead("other.changed.v1")
        self.assertIn("1 will be tried again", run("replay", "--dead", "--type", "thing.changed.v1"))
        states = [InboxEvent.objects.get(pk=event.pk).state for event in (row, other)]
        self.assertEqual(states, ["retry", "dead"])


class Replaying(TestCase):
    @override_settings(EVENTBUS={**conf._settings(), "PRODUCERS": {"auth-service": "http://auth.test"}})
    def test_a_feed_is_read_again_from_a_position(self) -> None:
        FeedCursor.objects.create(producer="auth-service", position=90)
        run("replay", "--producer", "auth-service", "--after", "5")
        self.assertEqual(FeedCursor.objects.get().position, 5)

    def test_an_unknown_producer_is_refused(self) -> None:
        with self.assertRaises(CommandError):
            run("replay", "--producer", "nobody")


class Resync(TestCase):
    def test_the_named_source_runs(self) -> None:
        def source() -> Iterator[int]:
            yield from range(4)

        with patch.dict(registry.resync_sources, {"thing": source}):
            self.assertIn("published 4", run("resync", "thing"))

    def test_an_unknown_name_is_refused(self) -> None:
        with self.assertRaises(CommandError):
            run("resync", "nothing")


class SetupBroker(TestCase):
    def test_without_a_broker_it_says_so(self) -> None:
        self.assertIn("by the feed", run("setup_broker"))

    @override_settings(EVENTBUS={**conf._settings(), "BROKER_URL": "amqp://127.0.0.1:1//"})
    def test_a_broker_that_is_away_is_one_clear_line(self) -> None:
        with self.assertRaisesMessage(CommandError, "start it or mend DJANGO_CELERY_BROKER_URL"):
            run("setup_broker")


class Setup(TestCase):
    def test_migrations_come_before_the_queues(self) -> None:
        said = run("setup")
        self.assertIn("No migrations to apply", said)
        self.assertLess(said.index("No migrations to apply"), said.index("by the feed"))
