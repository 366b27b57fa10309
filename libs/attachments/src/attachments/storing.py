"""Taking a file in: hashed in a stream, bounded, stored once under its hash."""

import hashlib
import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from attachments.errors import STORE_ERRORS, AttachmentTooLarge, AttachmentUnavailable
from attachments.naming import safe_filename
from attachments.scanning import scan
from attachments.sniffing import HEAD_BYTES, sniff

logger = logging.getLogger(__name__)

ALIAS = "attachments"
DEFAULT_MAX_BYTES = 25 * 1024 * 1024
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """What to write into the row of a stored file."""

    sha256: str
    size: int
    content_type: str
    filename: str


def content_path(sha256: str) -> str:
    """`ab/cd/abcd...`: the bytes' only name in the store."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def store(upload: "File[Any]", *, max_bytes: int | None = None) -> Stored:
    """Put an upload's bytes into the store, unless it has them already, and say what they are.

    At most `max_bytes` (`settings.ATTACHMENT_MAX_BYTES`, 25 MiB) are read, a chunk at a time. Raises AttachmentTooLarge
    (413), AttachmentTypeNotAllowed (415), AttachmentUnavailable (503) and, with `settings.ATTACHMENT_SCANNER`,
    AttachmentInfected (422) and AttachmentNotScanned (503). Bytes outlive a transaction that is rolled back; the next
    upload of the same file finds them.
    """
    limit = int(getattr(settings, "ATTACHMENT_MAX_BYTES", DEFAULT_MAX_BYTES)) if max_bytes is None else max_bytes
    filename = safe_filename(upload.name or "")
    digest, size, head = hashlib.sha256(), 0, b""
    upload.seek(0)
    while chunk := upload.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise AttachmentTooLarge(f"At most {limit} bytes are taken.")
        if len(head) < HEAD_BYTES:
            head += chunk[: HEAD_BYTES - len(head)]
        digest.update(chunk)
    stored = Stored(digest.hexdigest(), size, sniff(head, filename), filename)
    # Also what is in the store already: the scanner may have learnt of it since.
    if scanner := getattr(settings, "ATTACHMENT_SCANNER", ""):
        scan(upload, scanner=scanner)
    try:
        _put(storages[ALIAS], content_path(stored.sha256), upload, size)
    except STORE_ERRORS as error:
        logger.error("an attachment cannot be stored", extra={"sha256": stored.sha256}, exc_info=error)
        raise AttachmentUnavailable(headers={"Retry-After": "30"}) from error
    return stored


def _put(storage: Storage, path: str, upload: "File[Any]", size: int) -> None:
    """Write unless the same bytes are there; a file of another length under this name is damaged and written again."""
    try:
        if storage.size(path) == size:
            return
        storage.delete(path)
    except FileNotFoundError:
        pass
    name = storage.save(path, upload)
    if name != path:
        # A storage that evades existing names: another request has stored the same content in the meantime.
        storage.delete(name)
