"""Health probes for Django. This module imports no Django, so that `python -m healthcheck` starts at once."""

from healthcheck import heartbeat
from healthcheck.definition import Result, check
from healthcheck.draining import drain, drain_on_sigterm, is_draining

__all__ = ["Result", "check", "drain", "drain_on_sigterm", "heartbeat", "is_draining"]
