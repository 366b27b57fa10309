"""The people projection."""

from types import SimpleNamespace
from uuid import UUID, uuid4

import msgspec
from django.test import TestCase

from jwtauth import people
from jwtauth.models import Person, Revocation


def state(**changes):
    return {
        "id": str(uuid4()),
        "username": "agent",
        "email": "agent@example.com",
        "name": "Alan Agent",
        "time_zone": "Europe/Berlin",
        "department": "IT",
        "is_active": True,
        "is_superuser": False,
        "roles": ["tts:agent"],
        "token_version": 0,
        **changes,
    }


class PeopleTests(TestCase):
    def test_a_person_is_stored_and_found_by_role(self):
        alan = state()
        self.assertTrue(people.apply_user(data=alan, version=1))
        self.assertEqual([person.name for person in people.with_role("tts:agent")], ["Alan Agent"])
        self.assertEqual(list(people.by_ids([UUID(alan["id"]), uuid4()])), [UUID(alan["id"])])

    def test_structs_and_other_objects_are_taken_too(self):
        alan = state()
        people.apply_user(data=msgspec.convert(alan, people.UserState), version=1)
        people.apply_user(data=SimpleNamespace(**{**alan, "id": UUID(alan["id"]), "name": "A"}), version=2)
        self.assertEqual(Person.objects.get().name, "A")

    def test_an_older_version_is_ignored(self):
        alan = state()
        people.apply_user(data=alan, version=3)
        self.assertFalse(people.apply_user(data={**alan, "name": "Old", "roles": []}, version=2))
        self.assertEqual(Person.objects.get().name, "Alan Agent")
        self.assertEqual(people.with_role("tts:agent").count(), 1)

    def test_the_same_version_mends(self):
        alan = state()
        people.apply_user(data=alan, version=3)
        Person.objects.update(name="Broken")
        self.assertTrue(people.apply_user(data=alan, version=3))
        self.assertEqual(Person.objects.get().name, "Alan Agent")

    def test_roles_are_replaced(self):
        alan = state(roles=["tts:agent", "ams:admin"])
        people.apply_user(data=alan, version=1)
        people.apply_user(data={**alan, "roles": ["tts:asset-manager", "ams:admin"]}, version=2)
        roles = Person.objects.get().role_set.values_list("role", flat=True)
        self.assertEqual(sorted(roles), ["ams:admin", "tts:asset-manager"])

    def test_inactive_people_are_not_assigned(self):
        people.apply_user(data=state(is_active=False), version=1)
        self.assertFalse(people.with_role("tts:agent").exists())

    def test_a_revocation_stores_both(self):
        alan = state(is_active=False, token_version=4)
        people.apply_revocation(data=alan, change={"reason": "deactivated", "token_version": 4}, version=2)
        self.assertEqual(Revocation.objects.get(pk=alan["id"]).min_token_version, 4)
        self.assertFalse(Person.objects.get().is_active)

    def test_a_late_revocation_still_revokes(self):
        alan = state(token_version=1)
        people.apply_user(data=alan, version=9)
        change = people.RevocationChange(reason="roles_changed", token_version=1)
        people.apply_revocation(data=alan, change=change, version=5)
        self.assertEqual(Revocation.objects.get().min_token_version, 1)
        self.assertEqual(Person.objects.get().version, 9)

    def test_a_resync_alone_teaches_revocations(self):
        people.apply_user(data=state(token_version=2), version=7)
        self.assertEqual(Revocation.objects.get().min_token_version, 2)

    def test_an_ordinary_user_needs_no_revocation_row(self):
        people.apply_user(data=state(token_version=0), version=1)
        self.assertFalse(Revocation.objects.exists())
