"""File names that are safe to show, to store and to send in a header."""

import unicodedata
from pathlib import PurePosixPath

MAX_LENGTH = 150
FALLBACK = "file"
# Separators and what Windows forbids in names.
_REPLACED = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))


def safe_filename(name: str) -> str:
    """The last part of whatever a client called its file: NFC, at most 150 characters, its extension kept.

    Control and format characters go, among them the bidi overrides that make `cod.exe` out of `exe.doc`; so do leading
    dots and what Windows drops at the end. Never empty.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(" " if character.isspace() else character for character in last)
    # Every category C*: control, format, surrogate, private use, unassigned.
    visible = "".join(character for character in visible if not unicodedata.category(character).startswith("C"))
    clean = " ".join(visible.translate(_REPLACED).split()).lstrip(". ").rstrip(". ")
    if len(clean) > MAX_LENGTH:
        suffix = PurePosixPath(clean).suffix[:20]
        clean = clean[: MAX_LENGTH - len(suffix)].rstrip(". ") + suffix
    return clean or FALLBACK


def extension(filename: str) -> str:
    """`pdf` of `Report.PDF`; empty without one."""
    return PurePosixPath(filename).suffix[1:].lower()
