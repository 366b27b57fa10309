"""Server-sent events from an ASGI process of their own: nudges from the database, bounded streams, the server."""

from servicekit.live.nudges import Listener, nudge
from servicekit.live.streams import ReaderGone, Stream, event

__all__ = ["Listener", "ReaderGone", "Stream", "event", "nudge"]
