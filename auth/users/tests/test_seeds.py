"""The seed commands."""

import io
import os
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import TestCase, override_settings

from eventbus.testing import published
from users.models import AuditEntry, Role, ServiceClient, System, User
from users.seeding import ACCOUNTS, ROLES, SECOND_STAFF
from users.selectors.people import role_names
from users.services.accounts import user_update
from users.services.roles import role_assign
from users.tests.cast import role

COMMANDS = ("seed_systems", "seed_tts", "seed_accounts", "seed_service_clients")


def seed(*commands, password="a long enough password", force=False, **environment):
    """Runs the commands; what they printed."""
    output = io.StringIO()
    values = {"SEED_ACCOUNT_PASSWORD": password, **environment}
    with mock.patch.dict(os.environ, values):
        for command in commands or COMMANDS:
            call_command(command, stdout=output, force=force)
    return output.getvalue()


# Fourteen accounts each time: the cost of their hashes is not the matter here.
@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class SeedTests(TestCase):
    def test_all_of_it(self):
        seed()
        self.assertEqual(System.objects.count(), 4)
        self.assertEqual(Role.objects.count(), len(ROLES))
        for account in ACCOUNTS + SECOND_STAFF:
            user = User.objects.get(username=account.username)
            self.assertEqual((user.name, user.email), (account.name, f"{account.username}@example.com"))
            self.assertEqual(role_names(user.pk), [account.role])
        scopes = dict(ServiceClient.objects.values_list("client_id", "scopes"))
        self.assertEqual(scopes.pop("messaging"), ["events:read", "tickets:file", "requesters:create"])
        self.assertEqual([*scopes.values()], [["events:read"]] * 3)

    def test_every_scope_that_is_planted_can_be_given_by_hand_too(self):
        seed("seed_service_clients")
        planted = {scope for scopes in ServiceClient.objects.values_list("scopes", flat=True) for scope in scopes}
        self.assertEqual(planted, set(settings.SERVICE_SCOPES))

    def test_every_working_role_has_two_people(self):
        working = [account.role for account in ACCOUNTS + SECOND_STAFF]
        for name in ROLES:
            if name.startswith("tts:") and name != "tts:admin":
                self.assertEqual(working.count(name), 2, name)

    def test_a_second_time_changes_and_publishes_nothing(self):
        seed()
        before = (len(published()), AuditEntry.objects.count(), list(User.objects.values()))
        seed()
        self.assertEqual((len(published()), AuditEntry.objects.count(), list(User.objects.values())), before)

    def test_one_can_sign_in(self):
        seed()
        body = {"username": "employee", "password": "a long enough password"}
        self.assertEqual(self.client.post("/api/v1/token/", body, "application/json").status_code, 200)

    def test_a_random_password_is_printed_once(self):
        printed = seed("seed_accounts", password="")
        password = printed.split(": ")[1].strip()
        self.assertTrue(User.objects.get(username="admin").check_password(password))
        self.assertEqual(seed("seed_accounts", password=""), "")

    def test_a_given_password_is_not_printed(self):
        self.assertEqual(seed("seed_accounts"), "")

    def test_force_restores(self):
        seed()
        agent = User.objects.get(username="agent")
        user_update(user=agent, name="Changed")
        role_assign(user=agent, role=role("tts:admin"))
        User.objects.filter(pk=agent.pk).update(is_active=False)
        Role.objects.filter(slug="agent").update(name="Changed", is_active=False)
        System.objects.filter(slug="tts").update(name="Changed")
        ServiceClient.objects.update(is_active=False)
        seed(password="quite another password", force=True)
        restored = User.objects.get(username="agent")
        self.assertEqual((restored.pk, restored.name, restored.is_active), (agent.pk, "Alan Agent", True))
        self.assertTrue(restored.check_password("quite another password"))
        self.assertEqual(role_names(agent.pk), ["tts:agent"])
        self.assertEqual(System.objects.get(slug="tts").name, "Ticket Tracking System")
        self.assertFalse(ServiceClient.objects.filter(is_active=False).exists())
        self.assertEqual(published("user.changed.v1")[-1]["version"], User.objects.get(username="bms-admin").version)

    def test_demo_accounts_are_not_for_production(self):
        for command in ("seed_tts", "seed_accounts"):
            with self.assertRaisesMessage(CommandError, "production"):
                seed(command, DJANGO_ENV="production")
        self.assertFalse(User.objects.exists())

    def test_a_weak_password_is_refused(self):
        with self.assertRaisesMessage(CommandError, "too common"):
            seed("seed_accounts", password="password123")
        self.assertFalse(User.objects.exists())

    def test_service_secrets_come_from_the_environment_also_in_production(self):
        names = ("TICKET_SERVICE", "WORKFLOW_API", "MESSAGING", "NOTIFICATION_SERVICE")
        secrets = {f"SERVICE_CLIENT_SECRET_{name}": f"{name}-0123456789-abcdefghijklmnop" for name in names}
        seed("seed_service_clients", DJANGO_ENV="production", **secrets)
        before = ServiceClient.objects.get(client_id="messaging").secret_hash
        changed = {**secrets, "SERVICE_CLIENT_SECRET_MESSAGING": "another-0123456789-abcdefghijklmnop"}
        seed("seed_service_clients", DJANGO_ENV="production", **changed)
        self.assertNotEqual(ServiceClient.objects.get(client_id="messaging").secret_hash, before)

    def test_missing_and_short_service_secrets_are_refused(self):
        for secret in ("", "short"):
            with self.assertRaisesMessage(CommandError, "SERVICE_CLIENT_SECRET_TICKET_SERVICE"):
                seed("seed_service_clients", DJANGO_ENV="production", SERVICE_CLIENT_SECRET_TICKET_SERVICE=secret)
        self.assertFalse(ServiceClient.objects.exists())
