"""Live streams for people who are signed in: server-sent events from a process of their own (servicekit.live)."""

from jwtauth.live.application import LiveApplication
from jwtauth.live.database import in_thread
from jwtauth.live.readers import HEARTBEAT_SECONDS, Reader

__all__ = ["HEARTBEAT_SECONDS", "LiveApplication", "Reader", "in_thread"]
