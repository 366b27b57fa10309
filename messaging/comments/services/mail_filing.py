"""Handing mails to ticket-service, which files tickets. A row waits until it has answered, however long that takes.

The ticket gets the mail's id, so that asking again files no second one (ADR 20).
"""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from urllib3.filepost import encode_multipart_formdata

from attachments.storing import ALIAS, content_path
from comments.models import InboundMail
from eventbus import backoff, conf, ticker
from jsonlog import context
from jwtauth import service_token
from jwtauth.errors import ServiceTokenUnavailable
from servicekit import http

logger = logging.getLogger(__name__)

BATCH = 20
# While one process asks, no other does.
CLAIM = timedelta(seconds=120)
TIMEOUT_SECONDS = 30.0
# About what is in the mail: asking again would get the same answer.
FINAL = frozenset({400, 413, 415, 422})
# Not about the mail: the event that tells ticket-service of the person is still on its way, or the category of
# MAIL_IN_CATEGORY is gone, or asks for what no mail has. Once that is set right, nothing is lost.
NOT_ITS_FAULT = frozenset({"requester_unknown", "category_unknown", "custom_fields_invalid"})


class NotNow(Exception):
    """The other service did not answer as it should; the mail waits."""


class Refused(Exception):
    """The other service will not take the mail; the text is its code."""


def mails_file_due(*, limit: int = BATCH) -> int:
    """Hand over the mails that are due; returns how many became tickets."""
    return ticker.each(_claim(limit), _file)


def _claim(limit: int) -> list[InboundMail]:
    now = timezone.now()
    with transaction.atomic():
        rows = InboundMail.objects.select_for_update(skip_locked=True).filter(next_attempt_at__lte=now)
        found = list(rows.order_by("next_attempt_at")[:limit])
        for row in found:
            row.attempts += 1
            row.next_attempt_at = now + CLAIM
            row.save(update_fields=["attempts", "next_attempt_at"])
    return found


def _file(row: InboundMail) -> bool:
    with context.bind(request_id=context.new_request_id(), user_id=None, actor=None):
        extra = {"mail_id": str(row.pk), "attempts": row.attempts}
        try:
            row.person_id = row.person_id or _register(row)
            _put_ticket(row)
        except NotNow as error:
            logger.warning("a mail waits to become a ticket: %s", error, extra=extra)
            InboundMail.objects.filter(pk=row.pk).update(next_attempt_at=backoff.next_attempt(row.attempts))
            return False
        except Refused as error:
            logger.warning("a mail became no ticket: %s", error, extra=extra)
            row.outcome, row.reason, row.next_attempt_at = InboundMail.Outcome.REFUSED, str(error)[:40], None
            row.save(update_fields=["outcome", "reason", "person_id", "next_attempt_at"])
            return False
        with transaction.atomic():
            row.files.all().delete()
            row.ticket_id, row.text, row.next_attempt_at = row.pk, "", None
            row.save(update_fields=["ticket_id", "text", "person_id", "next_attempt_at"])
        logger.info("a mail became a ticket", extra=extra)
        return True


def _register(row: InboundMail) -> UUID:
    """The account of a sender whom nobody knew: auth finds or makes it."""
    body = {"email": row.sender, "name": row.sender_name or row.sender.partition("@")[0]}
    answer = _ask("POST", "auth-service", "/internal/requesters/", json=body)
    if not answer.get("is_active"):
        raise Refused("sender_inactive")
    return UUID(answer["id"])


def _put_ticket(row: InboundMail) -> None:
    fields: list[tuple[str, Any]] = [
        ("requester_id", str(row.person_id)),
        ("subject", row.subject or "(no subject)"),
        ("description", row.text),
        ("category", settings.MAIL_IN.category),
    ]
    for file in row.files.all():
        with storages[ALIAS].open(content_path(file.sha256)) as content:
            fields.append(("attachments", (file.filename, content.read(), "application/octet-stream")))
    body, content_type = encode_multipart_formdata(fields)
    _ask("PUT", "ticket-service", f"/internal/tickets/{row.pk}/", body=body, content_type=content_type)


def _ask(method: str, service: str, path: str, *, json: Any = None, body: bytes = b"", content_type: str = "") -> Any:
    try:
        headers = {"Authorization": f"Bearer {service_token.get(service)}"}
        if content_type:
            headers["Content-Type"] = content_type
        response = http.request(
            method,
            f"{conf.producers()[service]}{path}",
            json=json,
            body=body or None,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
        )
        answer = response.json()
    except (http.Unreachable, ServiceTokenUnavailable) as error:
        raise NotNow(f"{service}: {error}") from error
    if response.status == 401:
        service_token.forget()
    code = str(answer.get("code", "")) if isinstance(answer, dict) else ""
    if response.status in FINAL and code and code not in NOT_ITS_FAULT:
        raise Refused(code)
    if response.status not in {200, 201} or not isinstance(answer, dict):
        raise NotNow(f"{service} answered {response.status} {code}".rstrip())
    return answer
