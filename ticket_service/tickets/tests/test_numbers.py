"""Ticket numbers have no gap and no double."""

import threading
from datetime import datetime
from unittest import skipUnless

from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase, tag

from tickets.models import Ticket
from tickets.services.numbering import number_next
from tickets.tests.cast import Cast

THREADS = 16
EACH = 63


class NumberTest(TestCase):
    def test_years_count_for_themselves(self):
        self.assertEqual(
            [number_next(year=year) for year in (2026, 2026, 2027, 2027)],
            ["TTS-2026-000001", "TTS-2026-000002", "TTS-2027-000001", "TTS-2027-000002"],
        )

    def test_rolled_back_number_is_given_out_again(self):
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            number_next(year=2026)
            _ = 1 / 0
        self.assertEqual(number_next(year=2026), "TTS-2026-000001")


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "two sessions at once need PostgreSQL")
class ConcurrencyTest(Cast, TransactionTestCase):
    def at_once(self, work) -> None:
        """Runs `work(index)` in THREADS threads that start together, and raises the first error."""
        errors, start = [], threading.Barrier(THREADS)

        def run(index: int) -> None:
            try:
                start.wait()
                work(index)
            except Exception as error:  # handed over to the test's own thread
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(index,)) for index in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]

    def test_tickets_filed_at_once_have_distinct_numbers_without_a_gap(self):
        self.at_once(lambda _index: [self.file() for _ in range(EACH)])
        year = datetime.now().year
        expected = [f"TTS-{year}-{index:06d}" for index in range(1, THREADS * EACH + 1)]
        self.assertEqual(list(Ticket.objects.order_by("number").values_list("number", flat=True)), expected)

    def test_same_key_at_once_is_one_ticket(self):
        body = {"subject": "s", "description": "d", "category": "general"}
        answers = []
        self.at_once(
            lambda _index: answers.append(
                self.alice.post("/api/v1/tickets/", body, headers={"Idempotency-Key": "k"}).status_code
            )
        )
        self.assertEqual(Ticket.objects.count(), 1)
        self.assertLessEqual(set(answers), {201, 409})

    def test_of_withdrawals_at_once_one_wins(self):
        ticket = self.file()
        answers = []
        self.at_once(lambda _index: answers.append(self.alice.post(self.url(ticket, "withdrawal")).status_code))
        self.assertEqual(sorted(answers), [200] + [409] * (THREADS - 1))
        ticket.refresh_from_db()
        self.assertEqual(ticket.version, 2)

    def test_of_edits_of_the_same_version_at_once_one_wins(self):
        ticket = self.file()
        answers = []
        self.at_once(
            lambda index: answers.append(
                self.alice.patch(
                    self.url(ticket), {"subject": f"Edit {index}"}, headers={"If-Match": '"1"'}
                ).status_code
            )
        )
        self.assertEqual(sorted(answers), [200] + [412] * (THREADS - 1))
