"""Files that users attach: content-addressed, type sniffed, private, streamed; on a disk or in S3."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attachments.downloading import download, open_content
    from attachments.storing import Stored, store

__all__ = ["Stored", "download", "open_content", "store"]

_HOMES = {
    "Stored": "attachments.storing",
    "download": "attachments.downloading",
    "open_content": "attachments.downloading",
    "store": "attachments.storing",
}


def __getattr__(name: str) -> Any:
    """On first use (PEP 562): settings import `attachments.conf`, and nothing that reads settings may come with it."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(name)
