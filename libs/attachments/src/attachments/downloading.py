"""Giving a file out: streamed, always as a download, never kept by anything in between."""

import logging
from typing import TYPE_CHECKING, Any

from django.core.files.storage import storages
from django.http import FileResponse

from attachments.errors import STORE_ERRORS, AttachmentUnavailable
from attachments.storing import ALIAS, content_path

if TYPE_CHECKING:  # models cannot be imported while settings are read, this package can
    from attachments.models import AbstractAttachment

logger = logging.getLogger(__name__)

CHUNK = 64 * 1024


def download(attachment: "AbstractAttachment") -> FileResponse:
    """The answer with an attachment's bytes; who may have them was decided by the caller.

    `Content-Disposition: attachment` with the name as RFC 6266 has it, the sniffed type with `nosniff`, not cacheable.
    Raises AttachmentUnavailable (503).
    """
    handle, size = open_content(attachment)
    response = FileResponse(
        handle, as_attachment=True, filename=attachment.filename, content_type=attachment.content_type
    )
    response.block_size = CHUNK
    response["Content-Length"] = str(size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # For the browser that shows it all the same: nothing in it may run or load.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def open_content(attachment: "AbstractAttachment") -> tuple[Any, int]:
    """An attachment's bytes as an open binary file, to be closed by the caller, and their number.

    Raises AttachmentUnavailable (503).
    """
    try:
        handle = storages[ALIAS].open(content_path(attachment.sha256), "rb")
        size = handle.size
    except STORE_ERRORS as error:
        logger.error("the bytes of an attachment cannot be read", extra={"sha256": attachment.sha256}, exc_info=error)
        raise AttachmentUnavailable(headers={"Retry-After": "30"}) from error
    if size != attachment.size:
        handle.close()
        logger.error("the bytes of an attachment are damaged", extra={"sha256": attachment.sha256})
        raise AttachmentUnavailable
    return handle, size
