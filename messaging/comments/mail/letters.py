"""Reading a message (RFC 5322, MIME): who says what, to whom, in reply to what. Whatever the bytes are, it ends."""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from comments.mail.quoting import html_to_text

MAX_HEADER = 255
MAX_TEXT = 500_000
MAX_PARTS = 200
MAX_REFERENCES = 50
# Of the bytes, before anything takes them apart: each header and each part costs many times its size.
MAX_HEADER_BYTES = 256 * 1024
MAX_BOUNDARIES = 10_000
# Python's own, which are no character sets: some take the square of the time, some make what is no text.
NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")


class Unreadable(Exception):
    """The bytes are no message that says who sent it."""


@dataclass(frozen=True, slots=True)
class LetterFile:
    """One attached file."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One message. `fingerprint` is the same for every copy of it: its Message-ID, its sender and its date.

    Devices and scripts send one Message-ID for ever; without the date all but the first would be taken for copies.
    """

    fingerprint: str
    message_id: str
    sender: str
    sender_name: str
    subject: str
    recipients: list[str]
    references: list[str]
    text: str
    files: list[LetterFile] = field(default_factory=list)


def parse(raw: bytes) -> Message:
    """Parse the bytes; defects are no errors. Raises Unreadable for more headers or parts than any mail has."""
    head = raw[: MAX_HEADER_BYTES + 4]
    if len(head) > MAX_HEADER_BYTES and b"\n\n" not in head and b"\n\r\n" not in head:
        raise Unreadable("headers without an end")
    if raw.count(b"\n--") > MAX_BOUNDARIES:
        raise Unreadable("too many parts")
    # compat32 keeps a malformed header as it is, where the newer policies raise while they read it.
    return message_from_bytes(raw, policy=policy.compat32)


def header(message: Message, name: str) -> str:
    """A header's text, decoded, in one line; empty when it is not there."""
    return decoded(str(message.get(name, "")))


def decoded(value: str) -> str:
    """The text of encoded words (RFC 2047) in one line, without control characters."""
    try:
        text = str(make_header(decode_header(value)))
    except (LookupError, ValueError):  # an unknown charset, broken Base64
        text = value
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def addresses(message: Message, *names: str) -> list[tuple[str, str]]:
    """Names and lower-case addresses of the headers, in their order; what is no address is left out."""
    values = [str(value) for name in names for value in message.get_all(name, [])]
    found = [(name, address.lower()) for name, address in getaddresses(values) if _is_address(address)]
    return [(decoded(name), address) for name, address in found]


def fingerprint(raw: bytes) -> str:
    """That of bytes that are no letter."""
    return hashlib.sha256(raw).hexdigest()


def letter(message: Message, raw: bytes) -> Letter:
    """Read what matters of the message. Raises Unreadable when it does not name exactly one author."""
    senders = addresses(message, "From")
    if len(senders) != 1:
        raise Unreadable("no single author")
    name, sender = senders[0]
    message_id = next(iter(message_ids(message, "Message-ID")), "")
    identity = f"{message_id}\n{sender}\n{header(message, 'Date')}".encode() if message_id else raw
    return Letter(
        fingerprint=hashlib.sha256(identity).hexdigest(),
        message_id=message_id[:MAX_HEADER],
        sender=sender[:MAX_HEADER],
        sender_name=name[:MAX_HEADER],
        subject=header(message, "Subject")[:MAX_HEADER],
        recipients=[
            address for _, address in addresses(message, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
        ],
        references=[*message_ids(message, "In-Reply-To"), *reversed(message_ids(message, "References"))],
        text=_text(message),
        files=list(_files(message)),
    )


def message_ids(message: Message, name: str) -> list[str]:
    """The Message-IDs of a header (RFC 5322, 3.6.4), in its order."""
    return _MESSAGE_ID.findall(header(message, name))[:MAX_REFERENCES]


def _is_address(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return bool(local and domain) and len(address) <= 254 and address.isprintable() and " " not in address


def _parts(message: Message) -> Iterator[Message]:
    """The leaves; an attached message is one leaf."""
    stack, seen = [message], 0
    while stack and seen < MAX_PARTS:
        part = stack.pop()
        seen += 1
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            stack += [child for child in reversed(payload) if isinstance(child, Message)]
        else:
            yield part


def _text(message: Message) -> str:
    """The first plain text, or the first HTML as Markdown."""
    for wanted, convert in (("text/plain", str), ("text/html", html_to_text)):
        for part in _parts(message):
            if part.get_content_type() == wanted and not _is_file(part):
                return convert(_decode(part)[:MAX_TEXT]).replace("\x00", "").replace("\r\n", "\n").strip()
    return ""


def _files(message: Message) -> Iterator[LetterFile]:
    for part in _parts(message):
        if part.get_content_maintype() == "message":
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else None
            yield LetterFile(_filename(part, "message.eml"), inner.as_bytes() if isinstance(inner, Message) else b"")
        elif _is_file(part):
            yield LetterFile(_filename(part, "file"), _bytes(part))


def _is_file(part: Message) -> bool:
    named = part.get_filename() is not None
    return named or part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text"


def _filename(part: Message, default: str) -> str:
    return decoded(part.get_filename() or "") or default


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _decode(part: Message) -> str:
    content, charset = _bytes(part), part.get_content_charset() or "utf-8"
    try:
        name = codecs.lookup(charset).name
        return content.decode("utf-8" if name in NO_CHARSETS else name, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")
