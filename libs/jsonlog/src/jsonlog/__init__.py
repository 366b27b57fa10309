"""JSON logging for Django, Celery, gunicorn and plain scripts. Imports neither of them."""

from jsonlog import context
from jsonlog.config import logging_config
from jsonlog.formatter import JsonFormatter
from jsonlog.pretty import PrettyFormatter

__all__ = ["JsonFormatter", "PrettyFormatter", "context", "logging_config"]
