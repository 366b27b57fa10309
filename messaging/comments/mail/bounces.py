"""Delivery status notifications (RFC 3464): which address did not get which of our messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from comments.mail.letters import header, message_ids, parse

MAX_RECIPIENTS = 20


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient's fate. `action` as RFC 3464, 2.3.3; `status` as RFC 3463, such as 5.1.1."""

    recipient: str
    action: str
    status: str
    original_message_id: str | None


def bounces(message: Message) -> list[Bounce]:
    """Return what the report says of each recipient; nothing of a message that is no such report."""
    if message.get_content_type() != "multipart/report" or message.get_param("report-type") != "delivery-status":
        return []
    parts = message.get_payload()
    if not isinstance(parts, list):
        return []
    original = next(filter(None, (_original_id(part) for part in parts if isinstance(part, Message))), None)
    found = []
    for part in parts:
        if isinstance(part, Message) and part.get_content_type() == "message/delivery-status":
            found += list(_recipients(part, original))
    return found[:MAX_RECIPIENTS]


def _recipients(part: Message, original: str | None) -> Iterator[Bounce]:
    """The fields about recipients come after the first group, which is about the message."""
    groups = part.get_payload()
    for group in groups if isinstance(groups, list) else []:
        if not isinstance(group, Message):
            continue
        address = header(group, "Original-Recipient") or header(group, "Final-Recipient")
        recipient = address.rpartition(";")[2].strip().strip("<>").lower()
        status = header(group, "Status").split(" ")[0]
        if recipient and "@" in recipient:
            yield Bounce(recipient[:254], header(group, "Action").lower()[:20], status[:16], original)


def _original_id(part: Message) -> str | None:
    """The Message-ID of the returned message, or of its headers alone (RFC 6522)."""
    if part.get_content_type() not in {"message/rfc822", "message/global", "text/rfc822-headers"}:
        return None
    payload = part.get_payload()
    if isinstance(payload, list):
        inner = payload[0] if payload else None
    else:
        content = part.get_payload(decode=True)
        inner = parse(content) if isinstance(content, bytes) else None
    return next(iter(message_ids(inner, "Message-ID")), None) if isinstance(inner, Message) else None
