"""Webhooks signed as https://www.standardwebhooks.com describes it: receivers find a library to verify them with."""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from django.utils import timezone

from notifications.channels import PermanentFailure, outgoing
from notifications.models import Delivery

PREFIX = "whsec_"


def new_secret() -> str:
    """Return a signing secret of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(*, secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """Return the `webhook-signature` of a body: HMAC-SHA256 over id, time in seconds, and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{message_id}.{int(at.astimezone(UTC).timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def send(delivery: Delivery) -> str:
    """POST the body, signed with the present time. `webhook-id` is the same in every attempt and replay."""
    endpoint = delivery.endpoint
    if endpoint is None or not endpoint.is_active:
        raise PermanentFailure("endpoint_inactive")
    now, body, message_id = timezone.now(), delivery.text.encode(), str(delivery.pk)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": sign(secret=endpoint.secret, message_id=message_id, at=now, body=body),
    }
    return outgoing.post(endpoint.url, body, headers)
