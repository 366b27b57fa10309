"""Who has a ticket open: for staff everybody, for others whoever is not staff, and nobody who left."""

from uuid import UUID

from django.test import TestCase
from django.utils import timezone

from comments.models import Presence
from comments.selectors import PRESENT_FOR
from comments.services.presence import presence_enter, presence_leave, presence_purge, presence_renew
from comments.tests.cast import ALAN, CORA, ERIN, TICKET, WANDA, know_ticket, sign_in


class WhoIsThere(TestCase):
    def setUp(self) -> None:
        know_ticket()

    def enter(self, user_id: UUID, name: str, *, staff: bool = False) -> Presence:
        presence = Presence(conversation_id=TICKET, user_id=user_id, name=name, is_staff=staff)
        presence_enter(presence=presence)
        return presence

    def seen_by(self, user_id: UUID) -> list[str]:
        found = sign_in(user_id).get(f"/api/v1/tickets/{TICKET}/presence/").json()["results"]
        return [person["name"] for person in found]

    def test_staff_see_everybody_and_others_no_staff(self) -> None:
        self.enter(ERIN, "Erin")
        self.enter(ALAN, "Alan", staff=True)
        self.assertEqual(self.seen_by(CORA), ["Alan", "Erin"])
        self.assertEqual(self.seen_by(WANDA), ["Erin"])

    def test_two_windows_are_one_person_until_both_are_closed(self) -> None:
        first, second = self.enter(ERIN, "Erin"), self.enter(ERIN, "Erin")
        self.assertEqual(self.seen_by(CORA), ["Erin"])
        presence_leave(presence_id=first.pk, ticket_id=TICKET)
        self.assertEqual(self.seen_by(CORA), ["Erin"])
        presence_leave(presence_id=second.pk, ticket_id=TICKET)
        self.assertEqual(self.seen_by(CORA), [])

    def test_who_is_not_renewed_is_gone(self) -> None:
        stays, goes = self.enter(ERIN, "Erin"), self.enter(WANDA, "Wanda")
        Presence.objects.update(seen_at=timezone.now() - PRESENT_FOR)
        self.assertEqual(self.seen_by(CORA), [])
        presence_renew(presences=[stays])
        self.assertEqual(self.seen_by(CORA), ["Erin"])
        presence_purge()
        self.assertFalse(Presence.objects.filter(pk=goes.pk).exists())
