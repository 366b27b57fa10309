"""JSON logging for Django, Celery, gunicorn and plain scripts. Imports neither of them."""

from jsonlog import context
from jsonlog.config import logging_config
from jsonlog.ecs import EcsFormatter
from jsonlog.formatter import JsonFormatter
from jsonlog.google import GoogleCloudFormatter
from jsonlog.handler import LineHandler
from jsonlog.pretty import PrettyFormatter
from jsonlog.redact import redact_values

__all__ = [
    "EcsFormatter",
    "GoogleCloudFormatter",
    "JsonFormatter",
    "LineHandler",
    "PrettyFormatter",
    "context",
    "logging_config",
    "redact_values",
]
