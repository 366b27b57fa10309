"""The feed: reading another service's outbox over HTTP, from a position that this service keeps."""

import logging
import time
from typing import Any
from urllib.parse import urlencode

from eventbus import conf
from eventbus.inbox import receive
from eventbus.models import FeedCursor, InboxEvent
from eventbus.registry import consumed_types
from jwtauth import service_token
from jwtauth.errors import ServiceTokenUnavailable
from servicekit import http

logger = logging.getLogger(__name__)

PAGE = 200
LONGEST_PAUSE_SECONDS = 5.0


class FeedUnavailable(Exception):
    """The producer, or auth for its token, did not answer as it should; the position stays where it is."""


def pull(producer: str, base_url: str) -> int:
    """Read one page of a producer's feed into the inbox. Returns how many events it held.

    The position moves after the page's last event; what a crash in between repeats, the inbox absorbs.
    Raises `FeedUnavailable`, and `django.db.Error` when this service's own database is away.
    """
    cursor, _ = FeedCursor.objects.get_or_create(producer=producer)
    page = _page(producer, base_url, cursor.position)
    events = page["events"]
    ids = [event["event_id"] for event in events]
    known = {str(pk) for pk in InboxEvent.objects.filter(pk__in=ids).values_list("pk", flat=True)}
    for event in events:
        if event["event_id"] not in known:
            receive(event)
    if page["next"] < cursor.position:
        # Only a producer whose database was put back to an earlier moment gives positions again that we have passed.
        logger.error("feed went back: it is read from its start", extra={"producer": producer})
        page["next"] = 0
    if page["next"] != cursor.position:
        # Compared with what was read: a replay that moved the cursor meanwhile is not undone.
        FeedCursor.objects.filter(producer=producer, position=cursor.position).update(position=page["next"])
    return len(events)


def _page(producer: str, base_url: str, after: int) -> dict[str, Any]:
    query = urlencode({"after": after, "limit": PAGE, "types": ",".join(consumed_types())})
    try:
        response = http.request(
            "GET",
            f"{base_url}/internal/events?{query}",
            headers={"Authorization": f"Bearer {service_token.get(producer)}"},
        )
    except (http.Unreachable, ServiceTokenUnavailable) as error:
        raise FeedUnavailable(f"{producer}: {error}") from error
    if response.status == 401:
        service_token.forget()  # its key was retired, or auth was set up anew
    if response.status != 200:
        raise FeedUnavailable(f"{producer} answered {response.status}")
    page = response.json()
    if not isinstance(page, dict) or not isinstance(page.get("events"), list) or not isinstance(page.get("next"), int):
        raise FeedUnavailable(f"{producer} answered something that is no feed page")
    return page


class FeedReader:
    """Reads the feeds of all producers in turn; one that is away is left alone for a while."""

    def __init__(self) -> None:
        self._paused_until: dict[str, float] = {}
        self._pause: dict[str, float] = {}

    def read(self) -> bool:
        """Read one page of each producer. Returns whether any had events."""
        busy = False
        for producer, base_url in conf.producers().items():
            if time.monotonic() < self._paused_until.get(producer, 0):
                continue
            try:
                busy = pull(producer, base_url) > 0 or busy
                self._pause.pop(producer, None)
            except FeedUnavailable as error:
                self._back_off(producer, error)
        return busy

    def _back_off(self, producer: str, error: FeedUnavailable) -> None:
        if producer not in self._pause:
            logger.warning("feed is away: %s", error)
        pause = min(LONGEST_PAUSE_SECONDS, self._pause.get(producer, 0.25) * 2)
        self._pause[producer] = pause
        self._paused_until[producer] = time.monotonic() + pause
