"""A live reader who has lost the ticket hears nothing more of it, not even who writes or is there."""

import asyncio

from django.test import SimpleTestCase

from comments.live.readers import ConversationReader
from comments.live.rooms import Rooms
from comments.models import Conversation
from comments.selectors import Present
from comments.tests.cast import CORA, ERIN, NUMBER, TICKET, sign_in


class Told:
    """A stream that keeps what it is sent."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    async def send(self, frames: bytes) -> None:
        self.frames.append(frames)


class LostAccess(SimpleTestCase):
    def news_for_erin(self, *named: str) -> list[bytes]:
        """What she is sent while Cora writes, of a ticket that those named see."""
        ticket = Conversation(ticket_id=TICKET, number=NUMBER, requester_id=CORA, access_user_ids=list(named))
        reader = ConversationReader(sign_in(ERIN).principal, 0, ticket, Rooms())
        reader.attach()
        reader.room.present = [Present(CORA, "Cora", is_staff=False)]
        reader.typing.append({"user_id": str(CORA), "name": "Cora", "visibility": "public"})
        told = Told()
        reader.stream = told  # type: ignore[assignment]
        asyncio.run(reader.send_news())
        return told.frames

    def test_who_sees_the_ticket_is_told(self) -> None:
        self.assertEqual(len(self.news_for_erin(str(ERIN))), 2)

    def test_who_has_lost_it_is_not(self) -> None:
        self.assertEqual(self.news_for_erin(), [])
