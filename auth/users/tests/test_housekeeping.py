"""The audit log, the periodic purge, the start."""

from datetime import timedelta

from django.test import TestCase
from django.utils import timezone

from eventbus.ticker import ticks
from servicekit.models import IdempotencyRecord
from users import tasks
from users.models import AuditEntry, Session, User
from users.models.records import AuditEntryIsFinal
from users.services.audit import audit_record
from users.tests.cast import PASSWORD, CastTestCase, person


class AuditTests(TestCase):
    def test_an_entry_is_final(self):
        entry = audit_record(event="sign_in")
        for change in (entry.save, entry.delete):
            with self.assertRaises(AuditEntryIsFinal):
                change()
        self.assertEqual(AuditEntry.objects.count(), 1)


class PurgeTests(CastTestCase):
    def test_it_is_due_periodically(self):
        self.assertIn(tasks.purge, [tick.function for tick in ticks])

    def test_what_has_expired_goes(self):
        past = timezone.now() - timedelta(days=3)
        Session.objects.create(user=self.erin, last_used_at=past, expires_at=past)
        IdempotencyRecord.objects.create(scope="x", body_hash="x", status=200, body=b"")
        IdempotencyRecord.objects.update(created_at=past)
        tasks.purge()
        self.assertFalse(Session.objects.exists() or IdempotencyRecord.objects.exists())


class HasherTests(TestCase):
    def test_a_hash_of_other_parameters_is_renewed_at_sign_in(self):
        from django.contrib.auth.hashers import Argon2PasswordHasher

        class Cheap(Argon2PasswordHasher):
            memory_cost, time_cost, parallelism = 8, 1, 1

        erin = person("erin")
        User.objects.filter(pk=erin.pk).update(password=Cheap().encode(PASSWORD, "somesalt"))
        self.assertTrue(User.objects.get(pk=erin.pk).check_password(PASSWORD))
        self.assertIn("m=47104", User.objects.get(pk=erin.pk).password)
