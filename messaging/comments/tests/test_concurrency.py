"""Many writers at once on PostgreSQL: one number each, none left out."""

import threading
from collections.abc import Callable
from unittest import skipUnless

from django.db import connection
from django.test import TransactionTestCase, tag

from comments.models import Comment
from comments.tests.cast import COMMENTS, CORA, ERIN, conversation, know_ticket, sign_in, write
from eventbus.testing import deliver, published
from servicekit.ids import uuid7

WRITERS = 16
EACH = 5
OTHER = "01938c5e-0000-7000-8000-000000000011"


def at_once(count: int, function: Callable[[int], object]) -> list[object]:
    """Call the function in so many threads that start together; each has a connection of its own."""
    barrier = threading.Barrier(count)
    results: list[object] = [None] * count

    def run(number: int) -> None:
        try:
            barrier.wait(20)
            results[number] = function(number)
        except BaseException as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "needs row locks between connections")
class Concurrency(TransactionTestCase):
    def setUp(self) -> None:
        know_ticket()

    def test_sixteen_writers_at_once_leave_no_gap_and_no_double(self) -> None:
        clients = [sign_in(ERIN if number % 2 else CORA) for number in range(WRITERS)]

        def write_some(number: int) -> list[int]:
            visibility = "public" if number % 2 else "internal"
            return [write(clients[number], visibility=visibility).status_code for _ in range(EACH)]

        self.assertEqual(at_once(WRITERS, write_some), [[201] * EACH] * WRITERS)
        numbers = sorted(Comment.objects.values_list("seq", flat=True))
        self.assertEqual(numbers, list(range(1, WRITERS * EACH + 1)))
        self.assertEqual(conversation().last_seq, WRITERS * EACH)
        self.assertEqual(sorted(event["data"]["seq"] for event in published()), numbers)

    def test_one_comment_posted_sixteen_times_at_once_is_one(self) -> None:
        client_id = str(uuid7())
        statuses = at_once(WRITERS, lambda _: write(sign_in(ERIN), client_id=client_id).status_code)
        self.assertEqual(sorted(statuses, key=str), [200] * (WRITERS - 1) + [201])
        self.assertEqual((Comment.objects.count(), len(published())), (1, 1))

    def test_one_client_id_on_two_tickets_at_once_has_one_winner(self) -> None:
        access = {"user_ids": [str(ERIN)], "roles": []}
        data = {"id": OTHER, "number": "TTS-2026-000002", "requester_id": str(ERIN), "access": access}
        deliver("ticket.created.v1", data=data)
        paths = [COMMENTS, f"/api/v1/tickets/{OTHER}/comments/"]
        for _ in range(10):
            body = {"client_id": str(uuid7()), "body": "Hi"}
            statuses = at_once(2, lambda number, body=body: sign_in(ERIN).post(paths[number], body).status_code)
            self.assertEqual(sorted(statuses, key=str), [201, 422])

    def test_of_many_edits_of_one_version_one_wins(self) -> None:
        path = f"{COMMENTS}{write(sign_in(ERIN)).json()['id']}/"

        def edit(number: int) -> int:
            return int(sign_in(ERIN).patch(path, {"body": f"{number}"}, headers={"If-Match": '"1"'}).status_code)

        statuses = at_once(WRITERS, edit)
        self.assertEqual(sorted(statuses, key=str), [200] + [412] * (WRITERS - 1))
        self.assertEqual(Comment.objects.get().version, 2)

    def test_states_of_a_ticket_at_once_leave_the_newest(self) -> None:
        at_once(8, lambda number: know_ticket(version=number + 2, status="Open" if number == 7 else "New"))
        self.assertEqual((conversation().version, conversation().status), (9, "Open"))
