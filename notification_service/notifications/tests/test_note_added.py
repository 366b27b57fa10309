"""An internal note is for staff: no notice, no e-mail and no word of it ever reaches an Employee."""

from collections.abc import Iterable
from uuid import UUID

from django.core import mail
from django.test import TestCase

from eventbus.testing import deliver, run_jobs
from jwtauth.testing import api_client
from notifications.models import Delivery, Notice
from notifications.tests.cast import ALAN, BOB, CORA, ERIN, kinds, know_ticket, meet, sign_in

SECRET = "The laptop was opened before; do not tell."


class NoteAdded(TestCase):
    def setUp(self) -> None:
        meet(ERIN, CORA, ALAN, BOB)

    def note(self, author: object = CORA, mentions: Iterable[UUID] = (), **envelope: object) -> None:
        data = {"author_id": author, "body": SECRET, "mentions": list(mentions)}
        deliver("comment.note_created.v1", data=data, **envelope)
        run_jobs()

    def test_the_assignee_is_told_that_there_is_a_note(self) -> None:
        know_ticket(assignee=ALAN)
        self.note()
        self.assertEqual((kinds(ALAN), kinds(ERIN), kinds(CORA), kinds(BOB)), (["note_added"], [], [], []))

    def test_its_text_is_stored_and_sent_nowhere(self) -> None:
        know_ticket(assignee=ALAN)
        self.note()
        everything = str(list(Notice.objects.values())) + str(list(Delivery.objects.values()))
        self.assertNotIn(SECRET, everything)
        self.assertEqual(mail.outbox, [])

    def test_an_employee_gets_nothing_even_as_assignee(self) -> None:
        for employee in (ERIN, BOB):
            with self.subTest(employee=employee):
                know_ticket(assignee=employee)
                self.note()
        self.assertFalse(Notice.objects.exists())
        self.assertFalse(Delivery.objects.exists())

    def test_a_superuser_counts_as_staff(self) -> None:
        meet(BOB, version=2, is_superuser=True)
        know_ticket(assignee=BOB)
        self.note()
        self.assertEqual(kinds(BOB), ["note_added"])

    def test_its_author_is_not_told(self) -> None:
        know_ticket(assignee=ALAN)
        self.note(author=ALAN)
        self.assertFalse(Notice.objects.exists())

    def test_who_is_mentioned_is_told_if_they_are_staff_and_see_the_ticket(self) -> None:
        know_ticket()
        self.note(author=ALAN, mentions=(ALAN, BOB, CORA, ERIN))
        self.assertEqual((kinds(CORA), kinds(ALAN), kinds(BOB), kinds(ERIN)), (["note_added"], [], [], []))

    def test_a_ticket_without_assignee_tells_nobody(self) -> None:
        know_ticket()
        self.note()
        self.assertFalse(Notice.objects.exists())

    def test_who_is_staff_no_longer_does_not_see_the_notice_any_more(self) -> None:
        know_ticket(assignee=ALAN)
        self.note()
        as_agent = sign_in(ALAN)
        self.assertEqual(len(as_agent.get("/api/v1/inbox/").json()["results"]), 1)
        notice = Notice.objects.get()
        demoted = api_client(user_id=ALAN, roles=["hdts:employee"])
        self.assertEqual(demoted.get("/api/v1/inbox/").json()["results"], [])
        self.assertEqual(demoted.get("/api/v1/inbox/unread-count/").json()["unread"], 0)
        self.assertEqual(demoted.post(f"/api/v1/inbox/{notice.pk}/read/").status_code, 404)
        self.assertEqual(demoted.post("/api/v1/inbox/read/").json(), {"read": 0})

    def test_a_resync_tells_nobody(self) -> None:
        know_ticket(assignee=ALAN)
        self.note(resync=True)
        self.assertFalse(Notice.objects.exists())
