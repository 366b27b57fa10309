"""The checks that come with the library, named in `HEALTHCHECK["CHECKS"]` by their dotted paths.

What they raise is caught, and logged, by the engine.
"""

from healthcheck.checks.celery import celery, workers
from healthcheck.checks.outside import disk, mail, service
from healthcheck.checks.queues import broker
from healthcheck.checks.stores import cache, database, migrations

__all__ = ["broker", "cache", "celery", "database", "disk", "mail", "migrations", "service", "workers"]
