"""The table of tickets.status, cell by cell."""

from itertools import product

from django.test import SimpleTestCase

from tickets.errors import TransitionNotAllowed
from tickets.models import Ticket
from tickets.services.recording import Revision
from tickets.status import By, Status, allowed, is_final, parties_to

R, C, A, T = By.REQUESTER, By.COORDINATOR, By.ADMIN, By.TASK
UNRESOLVED = (Status.NEW, Status.OPEN, Status.IN_PROGRESS, Status.ON_HOLD)
EXPECTED = {
    (old, new): {T}
    for old, new in product(
        (Status.NEW, Status.OPEN, Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED),
        (Status.OPEN, Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED),
    )
    if old != new
}
EXPECTED |= {(old, Status.WITHDRAWN): {R} for old in UNRESOLVED}
EXPECTED |= {(old, Status.REJECTED): {C, A} for old in UNRESOLVED}
EXPECTED |= {(old, Status.MERGED): {C, A} for old in (*UNRESOLVED, Status.RESOLVED)}
EXPECTED |= {
    (Status.RESOLVED, Status.OPEN): {T, R, C, A, By.REPLY},
    (Status.RESOLVED, Status.CLOSED): {R, C, A, By.TIME},
}


class StatusTableTest(SimpleTestCase):
    def test_every_status_with_every_other_and_every_party(self):
        for old, new, party in product(Status, Status, By):
            revision = Revision(Ticket(status=old.value), actor=None)
            with self.subTest(f"{old} -> {new} by {party}"):
                if party in EXPECTED.get((old, new), set()):
                    revision.move(new, parties=frozenset({party}))
                    self.assertEqual(revision.ticket.status, new.value)
                else:
                    with self.assertRaises(TransitionNotAllowed):
                        revision.move(new, parties=frozenset({party}))
                    self.assertEqual(revision.ticket.status, old.value)

    def test_refusal_lists_what_the_caller_may_choose(self):
        with self.assertRaises(TransitionNotAllowed) as caught:
            Revision(Ticket(status="Resolved"), actor=None).move(Status.WITHDRAWN, parties=frozenset({R}))
        self.assertEqual(caught.exception.extra, {"current": "Resolved", "allowed": ["Open", "Closed"]})
        self.assertEqual(allowed(old=Status.CLOSED, parties=frozenset(By)), [])

    def test_final_statuses(self):
        final = {status for status in Status if is_final(status)}
        self.assertEqual(final, {Status.CLOSED, Status.REJECTED, Status.WITHDRAWN, Status.MERGED})

    def test_who_ends_tickets(self):
        self.assertEqual(parties_to(Status.WITHDRAWN), {R})
        self.assertEqual(parties_to(Status.REJECTED), {C, A})
        self.assertEqual(parties_to(Status.CLOSED), {R, C, A, By.TIME})
