"""What only several connections at once can show."""

import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import skipUnless

from django.db import InternalError, connection, transaction
from django.test import TransactionTestCase, tag

from users.client_info import ClientInfo
from users.errors import TooManyAttempts
from users.models import AuditEntry, RefreshToken, Session, User
from users.services import throttle
from users.services.audit import audit_record
from users.services.sessions import session_refresh, session_start


def at_once(count, work):
    """Runs `work` in `count` threads that start together; their results."""
    barrier = threading.Barrier(count)

    def run(_):
        try:
            barrier.wait(30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@tag("postgres")
@skipUnless(connection.vendor == "postgresql", "two sessions at once need PostgreSQL")
class ConcurrencyTests(TransactionTestCase):
    def setUp(self):
        self.erin = User.objects.create(username="erin", email="erin@example.com", name="Erin")

    def test_eight_refreshes_at_once_give_one_identical_child(self):
        refresh = session_start(user=self.erin, client=ClientInfo()).refresh
        for _ in range(10):
            pairs = at_once(8, lambda token=refresh: session_refresh(refresh=token, client=ClientInfo()))
            self.assertEqual(len({pair.refresh for pair in pairs}), 1)
            self.assertEqual(len({pair.access for pair in pairs}), 8)
            refresh = pairs[0].refresh
        self.assertEqual(RefreshToken.objects.count(), 11)
        self.assertIsNone(Session.objects.get().revoked_at)

    def test_of_forty_guesses_at_once_only_the_free_ones_are_looked_at(self):
        def guess():
            try:
                throttle.admit(throttle.account("erin"))
            except TooManyAttempts:
                return False
            return True

        admitted = at_once(20, guess) + at_once(20, guess)
        # Five are free, the sixth starts the waiting; a seventh only if the second has passed meanwhile.
        self.assertIn(sum(admitted), (6, 7))

    def test_the_audit_log_refuses_sql_too(self):
        audit_record(event="sign_in")
        for change in (AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(event="nothing")):
            with self.assertRaisesMessage(InternalError, "append-only"), transaction.atomic():
                change()
        self.assertEqual(AuditEntry.objects.get().event, "sign_in")
