"""The live channel, with real server processes on PostgreSQL: nothing lost, nothing leaked, nothing held for ever."""

import random
from typing import Any
from unittest import skipUnless
from uuid import UUID

from django.db import connection
from django.test import tag
from django.utils import timezone

from comments.models import Presence
from comments.selectors import PRESENT_FOR
from comments.services.presence import presence_purge
from comments.tests.cast import (
    ALAN,
    BOB,
    CORA,
    ERIN,
    NUMBER,
    PEOPLE,
    WANDA,
    know_ticket,
    sign_in,
)
from eventbus.testing import deliver
from jwtauth.live.testing import LiveReader, LiveTestCase, until
from jwtauth.testing import SignedInClient, make_token
from servicekit.ids import uuid7
from servicekit.live import nudge

SECRET = "The warranty is void."


def token(user_id: UUID, **claims: object) -> str:
    """A token of one of the cast."""
    name, roles = PEOPLE[user_id]
    return make_token(user_id=user_id, name=name, roles=roles, **claims)


class TicketReader(LiveReader):
    """What a reader of a ticket was told of the others."""

    @property
    def present(self) -> list[list[str]]:
        """Their names, each time that they changed."""
        return [[person["name"] for person in data["present"]] for name, data in self.named if name == "presence"]

    @property
    def typing(self) -> list[str]:
        """The visibility of what was being written."""
        return [data["visibility"] for name, data in self.named if name == "typing"]


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "needs LISTEN and NOTIFY between processes")
class Live(LiveTestCase[TicketReader]):
    reader_class = TicketReader
    sources = ("TICKET_SERVICE_URL",)

    def setUp(self) -> None:
        super().setUp()
        self.ticket = uuid7()  # the processes may still be closing the room of the test before
        self.live = f"/api/v1/live/tickets/{self.ticket}/"
        self.comments = f"/api/v1/tickets/{self.ticket}/comments/"
        self.know_ticket()

    def know_ticket(self, **state: Any) -> None:
        """Let messaging hear of this test's ticket."""
        know_ticket(id=self.ticket, **state)

    def write(self, author: SignedInClient, body: str, visibility: str = "public") -> Any:
        """Post a comment; answer it, parsed."""
        content = {"client_id": str(uuid7()), "body": body, "visibility": visibility}
        return author.post(self.comments, content).json()

    def reader(self, user_id: UUID, path: str = "", *, again: bool = True, **claims: object) -> TicketReader:
        """One of the cast who reads live."""
        return self.follow(token(user_id, **claims), path or self.live, again=again)

    def test_every_reader_gets_the_same_stream_whatever_happens_to_their_connection(self) -> None:
        doomed = self.process()
        self.ports = [self.ports[0], doomed.port]
        readers = [self.reader(user_id) for user_id in (CORA, ALAN) * 5]
        authors = [sign_in(CORA), sign_in(ALAN)]
        chance = random.Random(7)
        for number in range(60):
            comment = self.write(authors[number % 2], f"{number}", "internal" if number % 3 else "public")
            if number % 5 == 0:
                path = f"{self.comments}{comment['id']}/"
                authors[number % 2].patch(path, {"body": f"{number}!"}, HTTP_IF_MATCH='"1"')
            chance.choice(readers).drop()
            if number == 30:
                doomed.kill()
        expected = list(range(1, 73))
        for reader in readers:
            until("the reader has all", lambda reader=reader: len(reader.seen) >= len(expected))
            self.assertEqual(reader.numbers(), expected)
        self.assertGreater(sum(len(reader.statuses) for reader in readers), 60)

    def test_a_reader_begins_where_they_say(self) -> None:
        for number in range(5):
            self.write(sign_in(ERIN), str(number))
        for path, expected in (
            (self.live, [1, 2, 3, 4, 5]),
            (f"{self.live}?after=3", [4, 5]),
            (f"{self.live}?after=99", []),
        ):
            reader = self.reader(ERIN, path.replace(str(self.ticket), NUMBER))
            until("the reader has all", lambda reader=reader, all_of_it=expected: len(reader.seen) >= len(all_of_it))
            self.assertEqual(reader.numbers(), expected)

    def test_a_reader_far_behind_gets_everything(self) -> None:
        erin = sign_in(ERIN)
        early = self.reader(ERIN)
        for number in range(300):
            self.write(erin, str(number))
        late = self.reader(WANDA)
        for reader in (early, late):
            until("the reader has all", lambda reader=reader: len(reader.seen) >= 300)
            self.assertEqual(reader.numbers(), list(range(1, 301)))

    def test_a_note_never_reaches_an_employee(self) -> None:
        cora = sign_in(CORA)
        early = self.reader(ERIN)
        note = self.write(cora, SECRET, "internal")
        path = f"{self.comments}{note['id']}/"
        cora.patch(path, {"body": f"{SECRET} Really."}, HTTP_IF_MATCH='"1"')
        cora.delete(path)
        self.write(cora, SECRET, "internal")
        self.write(cora, "We look into it.")
        staff, late = self.reader(CORA), self.reader(WANDA)
        until("staff have all", lambda: len(staff.seen) == 5)
        for reader in (early, late):
            until("the public reply is there", lambda reader=reader: len(reader.seen) == 1)
            self.assertEqual(reader.numbers(), [5])
            for leak in (SECRET, note["id"], "internal"):
                self.assertNotIn(leak, reader.raw.decode())

    def test_what_was_deleted_is_not_replayed(self) -> None:
        erin = sign_in(ERIN)
        first = self.reader(ERIN)
        comment = self.write(erin, "My PIN is 1234")
        until("it was there", lambda: len(first.seen) == 1)
        erin.delete(f"{self.comments}{comment['id']}/")
        until("it was deleted", lambda: len(first.seen) == 2)
        late = self.reader(WANDA)
        until("the reader has all", lambda: len(late.seen) == 2)
        self.assertNotIn("1234", late.raw.decode())
        self.assertEqual([kind for _, kind, _ in late.seen], ["comment.created", "comment.deleted"])

    def test_who_is_writing_is_told_to_those_who_may_know(self) -> None:
        employee, staff, author = self.reader(ERIN), self.reader(ALAN), self.reader(CORA)
        cora = sign_in(CORA)
        typing = f"/api/v1/tickets/{self.ticket}/typing/"
        for visibility in ("internal", "public"):
            cora.post(typing, {"visibility": visibility})
        self.write(cora, "Done.")
        for reader in (employee, staff, author):
            until("the reply is there", lambda reader=reader: len(reader.seen) == 1)
        cora.post(typing, {})
        for reader, expected in ((employee, ["public"] * 2), (staff, ["internal", "public", "public"])):
            until("all is told", lambda reader=reader, told=expected: len(reader.typing) >= len(told))
            self.assertEqual(reader.typing, expected)
        self.assertEqual(author.typing, [])

    def test_who_is_on_the_ticket_is_told_across_processes_to_those_who_may_know(self) -> None:
        employee, staff = self.reader(ERIN), self.reader(ALAN)
        coordinator = self.reader(CORA)
        everybody = ["Alan Agent", "Cora Coordinator", "Erin Employee"]
        until("staff see all", lambda: staff.present[-1:] == [everybody])
        coordinator.stop()
        until("she has left", lambda: staff.present[-1:] == [["Alan Agent", "Erin Employee"]])
        self.reader(WANDA)
        until("Erin sees Wanda", lambda: employee.present[-1:] == [["Erin Employee", "Wanda Watcher"]])
        self.assertNotIn("Agent", str(employee.present))
        for user_id, expected in ((ERIN, employee.present[-1]), (CORA, ["Alan Agent", *employee.present[-1]])):
            found = sign_in(user_id).get(f"/api/v1/tickets/{self.ticket}/presence/").json()["results"]
            self.assertEqual([person["name"] for person in found], expected)

    def test_who_was_cut_off_with_their_process_is_not_there_for_ever(self) -> None:
        doomed = self.process()
        staff = self.reader(ALAN)
        self.ports = [doomed.port]
        self.reader(CORA, again=False)
        until("both are there", lambda: len((staff.present or [[]])[-1]) == 2)
        doomed.kill()
        Presence.objects.filter(user_id=CORA).update(seen_at=timezone.now() - PRESENT_FOR)
        nudge(f"presence:{self.ticket}")
        until("she is gone", lambda: staff.present[-1] == ["Alan Agent"])
        presence_purge()
        self.assertEqual(Presence.objects.filter(conversation_id=self.ticket).count(), 1)

    def test_a_stream_ends_with_the_access(self) -> None:
        reader = self.reader(WANDA)
        self.know_ticket(version=2, event="ticket.access_changed.v1", access={"user_ids": [str(ERIN)], "roles": []})
        self.write(sign_in(ERIN), "Wanda is gone.")
        until("the stream ends", lambda: reader.ended is not None)
        self.assertEqual((reader.ended, reader.seen), ("access_lost", []))

    def test_who_leaves_the_desk_gets_no_further_note(self) -> None:
        reader = self.reader(ALAN)
        access = {"user_ids": [str(ERIN), str(ALAN)], "roles": []}
        self.know_ticket(version=2, requester_id=str(ALAN), event="ticket.access_changed.v1", access=access)
        self.write(sign_in(CORA), SECRET, "internal")
        self.write(sign_in(ERIN), "Hello")
        until("the public reply is there", lambda: len(reader.seen) == 1)
        self.assertNotIn(SECRET, reader.raw.decode())

    def test_a_stream_ends_with_the_token(self) -> None:
        expiring = self.reader(ERIN, expires_in=3)
        revoked = self.reader(WANDA)
        deliver("user.revoked.v1", data={"id": str(WANDA), "token_version": 1}, change={"token_version": 1})
        for reader, reason in ((revoked, "token_revoked"), (expiring, "token_expired")):
            until(reason, lambda reader=reader: reader.ended is not None)
            self.assertEqual(reader.ended, reason)
        again = self.reader(WANDA, again=False)
        self.assertEqual(again.statuses, [401])

    def test_who_may_not_gets_no_stream(self) -> None:
        bearer = {user: {"Authorization": f"Bearer {token(user)}"} for user in (ERIN, BOB)}
        get = self.processes[0].get
        self.assertEqual(get(self.live), 401)
        self.assertEqual(get(self.live, Authorization="Bearer x"), 401)
        self.assertEqual(get(self.live, Authorization=f"Bearer {token(ERIN, expires_in=-60)}"), 401)
        self.assertEqual(get(self.live, **bearer[BOB]), 404)
        self.assertEqual(get("/api/v1/live/tickets/TTS-2026-999999/", **bearer[ERIN]), 404)
        self.assertEqual(get("/api/v1/live/tickets/%00%ff/", **bearer[ERIN]), 404)
        self.assertEqual(get(self.comments, **bearer[ERIN]), 404)
        for position in ("x", "-1", "1" * 19, "1.5"):
            self.assertEqual(get(f"{self.live}?after={position}", **bearer[ERIN]), 400)

    def test_one_user_holds_no_more_than_twenty(self) -> None:
        readers = [TicketReader(self.ports[:1], token(ERIN), self.live, again=False) for _ in range(20)]
        self.readers += readers
        until("all are connected", lambda: all(reader.connected for reader in readers))
        bearer = {"Authorization": f"Bearer {token(ERIN)}"}
        self.assertEqual(self.processes[0].get(self.live, **bearer), 429)
        readers[0].stop()
        until("there is room for one", lambda: self.reader(ERIN, again=False).statuses == [200])

    def test_a_server_that_is_told_to_end_ends_its_streams(self) -> None:
        process = self.process()
        reader = TicketReader([process.port], token(ERIN), self.live, again=False)
        self.readers.append(reader)
        until("connected", lambda: reader.connected)
        process.terminate()
        until("the reader knows", lambda: reader.ended == "server_restarts")
