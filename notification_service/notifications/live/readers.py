"""One reader of their own inbox."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from jwtauth.live import Reader, in_thread
from jwtauth.principal import Principal
from notifications.api.serializers import NoticeOut
from notifications.models import Notice
from notifications.selectors import inbox_changes, inbox_unread
from servicekit.live import event
from servicekit.renderers import dump_json

# Notices that are read at once for one reader.
PAGE = 200


class OpenInboxes:
    """Who follows which inbox in this process."""

    def __init__(self) -> None:
        self._by_user: defaultdict[UUID, set[Reader]] = defaultdict(set)

    def join(self, user_id: UUID, reader: Reader) -> None:
        """One more who follows it."""
        self._by_user[user_id].add(reader)

    def leave(self, user_id: UUID, reader: Reader) -> None:
        """One less."""
        self._by_user[user_id].discard(reader)
        if not self._by_user[user_id]:
            del self._by_user[user_id]

    def wake(self, user_id: UUID) -> None:
        """Have them look."""
        for reader in self._by_user.get(user_id, ()):
            reader.wake.set()


class InboxReader(Reader):
    """Sends each notice as it is now whenever it changed, and then how many are unread.

    Notices that were changed together have one number; it is named with the last of them, so that who is cut off in
    between gets them all again.
    """

    def __init__(self, principal: Principal, position: int, open_inboxes: OpenInboxes) -> None:
        super().__init__(principal, position)
        self._open_inboxes = open_inboxes
        self._within: tuple[int, UUID] | None = None
        self._told_unread: int | None = None
        self._next_awake: float | None = None

    def attach(self) -> None:
        self._open_inboxes.join(self.principal.id, self)

    def detach(self) -> None:
        self._open_inboxes.leave(self.principal.id, self)

    def wake_at(self) -> float | None:
        return self._next_awake

    async def send_news(self) -> bool:
        found = await in_thread(
            lambda: inbox_changes(principal=self.principal, after=self.position, within=self._within, limit=PAGE + 1)
        )
        if found:
            await self.stream.send(b"".join(self._framed(found)))
        if len(found) > PAGE:
            return True
        await self._tell_unread()
        return False

    def _framed(self, found: list[Notice]) -> Iterator[bytes]:
        for notice, following in zip(found[:PAGE], [*found[1:], None], strict=False):
            last = following is None or following.seq != notice.seq
            if last:
                self.position, self._within = notice.seq, None
            else:
                self._within = (notice.seq, notice.pk)
            data = {"seq": notice.seq, "notice": NoticeOut(notice).data}
            yield event("notice", dump_json(data), position=notice.seq if last else None)

    async def _tell_unread(self) -> None:
        """The number beside the bell: at first, and whenever it is another; also when a notice comes back by itself."""
        unread, awake = await in_thread(lambda: inbox_unread(principal=self.principal))
        self._next_awake = awake.timestamp() if awake else None
        if unread != self._told_unread:
            self._told_unread = unread
            await self.stream.send(event("unread", dump_json({"unread": unread})))
