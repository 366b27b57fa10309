"""Round robin: each in turn, whoever comes or goes, also under concurrency."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase

from workflows.models import RoundRobin, Task, TaskItem
from workflows.seeds import AGENT
from workflows.services.assignment import next_person
from workflows.tests.cast import Someone, file_ticket, one_step, only_postgres, publish


class RoundRobinTest(TestCase):
    def setUp(self) -> None:
        publish(one_step("all", is_catch_all=True))
        self.alice, self.bob, self.cleo = (Someone(name, AGENT) for name in ("Alice", "Bob", "Cleo"))

    def names(self, count: int) -> str:
        people = {person.id: person.name[0] for person in (self.alice, self.bob, self.cleo)}
        return "".join(people[file_ticket().assignee_id] for _ in range(count))

    def test_takes_turns(self) -> None:
        self.assertEqual(self.names(7), "ABCABCA")

    def test_whoever_leaves_is_skipped_and_the_circle_goes_on(self) -> None:
        self.assertEqual(self.names(1), "A")
        self.bob.tell(active=False)
        self.assertEqual(self.names(3), "CAC")

    def test_whoever_loses_the_role_is_skipped(self) -> None:
        self.alice.tell(roles=("tts:asset-manager",))
        self.assertEqual(self.names(3), "BCB")

    def test_whoever_comes_back_gets_the_next_turn_in_the_circle(self) -> None:
        self.bob.tell(active=False)
        self.assertEqual(self.names(2), "AC")
        self.bob.tell()
        self.assertEqual(self.names(3), "ABC")

    def test_a_turn_that_is_rolled_back_is_given_back(self) -> None:
        self.assertEqual(self.names(1), "A")
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            next_person(role=AGENT)
            raise ZeroDivisionError
        self.assertEqual(self.names(1), "B")

    def test_nobody_holds_the_role(self) -> None:
        self.assertIsNone(next_person(role="tts:gardener"))
        self.assertIsNone(RoundRobin.objects.get(role="tts:gardener").last_person_id)


@only_postgres
class FairUnderConcurrencyTest(TransactionTestCase):
    def test_eight_threads_share_96_tickets_evenly_among_three_people(self) -> None:
        publish(one_step("all", is_catch_all=True))
        people = [Someone(name, AGENT) for name in ("Alice", "Bob", "Cleo")]

        def work(_: int) -> None:
            for _ in range(12):
                file_ticket()
            connection.close()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))

        self.assertEqual(Task.objects.count(), 96)
        shares = Counter(TaskItem.objects.values_list("assignee_id", flat=True))
        self.assertEqual(shares, {person.id: 32 for person in people})
