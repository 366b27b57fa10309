"""Erin's inbox live, with real server processes on PostgreSQL: nothing lost, nothing of anybody else's."""

import random
from datetime import timedelta
from typing import Any
from unittest import skipUnless
from uuid import UUID

from django.db import connection, transaction
from django.test import tag
from django.utils import timezone

from eventbus.testing import deliver
from jwtauth.live.testing import LiveReader, LiveTestCase, until
from jwtauth.testing import make_token
from notifications.live.readers import PAGE
from notifications.models import Notice
from notifications.services.inbox import notices_number
from notifications.tests.cast import BOB, CORA, ERIN, NUMBER, PEOPLE, TICKET, know_ticket, meet, sign_in
from servicekit.ids import uuid7

LIVE = "/api/v1/live/inbox/"


class InboxFollower(LiveReader):
    """What one person's page was told."""

    @property
    def notices(self) -> list[dict[str, Any]]:
        """Every notice, each time that it changed."""
        return [data["notice"] for _, name, data in self.seen if name == "notice"] + [
            data["notice"] for name, data in self.named if name == "notice"
        ]

    @property
    def unread(self) -> list[int]:
        """The numbers beside the bell."""
        return [data["unread"] for name, data in self.named if name == "unread"]


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "needs LISTEN and NOTIFY between processes")
class LiveInbox(LiveTestCase[InboxFollower]):
    reader_class = InboxFollower
    sources = ("TICKET_SERVICE_URL", "WORKFLOW_API_URL", "MESSAGING_URL")

    def setUp(self) -> None:
        super().setUp()
        meet(ERIN, CORA, BOB)
        know_ticket()

    def page(self, user_id: UUID, query: str = "", *, again: bool = True) -> InboxFollower:
        """One of the cast who follows their inbox."""
        name, roles = PEOPLE[user_id]
        return self.follow(make_token(user_id=user_id, name=name, roles=roles), LIVE + query, again=again)

    def reply(self) -> None:
        """Let a coordinator answer Erin."""
        deliver("comment.created.v1", data={"author_id": CORA, "author_name": "Cora Coordinator"})

    def test_every_page_gets_every_notice_whatever_happens_to_its_connection(self) -> None:
        readers = [self.page(ERIN) for _ in range(6)]
        chance = random.Random(7)
        for number in range(40):
            self.reply()
            if number % 4 == 0:
                chance.choice(readers).drop()
        expected = [str(pk) for pk in Notice.objects.filter(user_id=ERIN).order_by("seq").values_list("pk", flat=True)]
        self.assertEqual(len(expected), 40)
        for reader in readers:
            until("the reader has all", lambda reader=reader: len(reader.seen) >= len(expected))
            self.assertEqual([data["notice"]["id"] for _, _, data in reader.seen], expected)
            self.assertEqual(reader.numbers(), list(range(1, 41)))

    def test_what_is_read_in_one_tab_is_told_to_the_other(self) -> None:
        tab = self.page(ERIN)
        until("it has its first number", lambda: tab.unread == [0])
        self.reply()
        until("it is there", lambda: len(tab.seen) == 1)
        (row,) = Notice.objects.filter(user_id=ERIN)
        sign_in(ERIN).post(f"/api/v1/inbox/{row.pk}/read/")
        until("it is read", lambda: len(tab.seen) == 2 and tab.unread[-1:] == [0])
        self.assertIsNotNone(tab.seen[1][2]["notice"]["read_at"])
        self.assertEqual(tab.unread, [0, 1, 0])

    def test_a_notice_that_was_put_off_comes_back_by_itself(self) -> None:
        self.reply()
        (row,) = Notice.objects.filter(user_id=ERIN)
        until_when = (timezone.now() + timedelta(seconds=2)).isoformat()
        sign_in(ERIN).put(f"/api/v1/inbox/{row.pk}/snooze/", {"until": until_when})
        tab = self.page(ERIN)
        until("it has come back", lambda: tab.unread == [0, 1])

    def test_nobody_hears_of_another_inbox_nor_of_what_is_for_staff(self) -> None:
        bob, erin, cora = self.page(BOB), self.page(ERIN), self.page(CORA)
        for user_id in (ERIN, CORA):
            self.tell(user_id, staff_only=True)
        self.reply()
        until("Cora hears of the note", lambda: len(cora.seen) == 1)
        until("Erin hears of the reply", lambda: len(erin.seen) == 1)
        self.assertEqual(erin.notices[0]["kind"], "comment_added")
        self.assertEqual((bob.seen, bob.unread), ([], [0]))

    def tell(self, user_id: UUID, **fields: Any) -> None:
        """Put a notice into an inbox as the service does."""
        values = {"kind": "note_added", "ticket_id": TICKET, "ticket_number": NUMBER, "title": "T", "body": "B"}
        row = Notice(user_id=user_id, event_id=uuid7(), **{**values, **fields})
        with transaction.atomic():
            notices_number(notices=[row])
            row.save()

    def test_many_that_are_read_at_once_arrive_whole_though_the_connection_is_cut_in_between(self) -> None:
        count = 2 * PAGE + 50
        rows = [
            Notice(user_id=ERIN, event_id=uuid7(), kind="x", ticket_id=TICKET, ticket_number=NUMBER, title="T", body="")
            for _ in range(count)
        ]
        Notice.objects.bulk_create(rows)
        self.assertEqual(sign_in(ERIN).post("/api/v1/inbox/read/").json(), {"read": count})
        tab = self.page(ERIN)
        until("some are there", lambda: len(tab.notices) > 0)
        tab.drop()
        until("all are there", lambda: bool(tab.seen))
        self.assertEqual({row["id"] for row in tab.notices}, {str(row.pk) for row in rows})
        self.assertEqual([seq for seq, _, _ in tab.seen], [1])
        until("none is unread", lambda: tab.unread[-1:] == [0])

    def test_who_comes_back_goes_on_where_they_were(self) -> None:
        self.reply()
        seq = sign_in(ERIN).get("/api/v1/inbox/unread-count/").json()["seq"]
        tab = self.page(ERIN, f"?after={seq}")
        ahead = self.page(ERIN, "?after=999")
        self.reply()
        for reader in (tab, ahead):
            until("what came since", lambda reader=reader: len(reader.seen) == 1)
            self.assertEqual(reader.numbers(), [seq + 1])

    def test_it_ends_with_the_token(self) -> None:
        tab = self.page(ERIN)
        meet_again = {"id": ERIN, "name": "Erin Employee", "username": "erin", "email": "erin@example.com", "roles": []}
        deliver("user.revoked.v1", data={**meet_again, "token_version": 1}, change={"token_version": 1}, version=2)
        until("she is told", lambda: tab.ended == "token_revoked")
        self.assertEqual(self.page(ERIN, again=False).statuses, [401])
