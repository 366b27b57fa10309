"""What a file is, by its first bytes; never by what the client says it is.

What runs is recognised by own signatures, not by a library's scores: that is a rule of security. puremagic only finds
the label of everything else.
"""

import re

import puremagic

from attachments.errors import AttachmentTypeNotAllowed
from attachments.naming import extension

HEAD_BYTES = 8192
UNKNOWN = "application/octet-stream"

_RUNS = (
    b"MZ",  # Windows and DOS programs
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",  # Mach-O, in both byte orders and widths
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # Java classes, universal Mach-O
    b"\0asm",  # WebAssembly
    b"dex\n",
    b"\x4c\x00\x00\x00\x01\x14\x02\x00",  # Windows shortcuts
    b"#!",
)
# A double click starts these whatever their bytes are; for the texts among them there is no signature at all.
# fmt: off
_RUNS_BY_NAME = frozenset({
    "app", "bat", "chm", "cmd", "com", "command", "cpl", "desktop", "dll", "dmg", "exe", "gadget",
    "hta", "htm", "html", "inf", "jar", "js", "jse", "lnk", "msc", "msi", "msp", "mst",
    "pif", "ps1", "psm1", "reg", "scf", "scr", "sct", "sh", "shtml", "svg", "svgz", "sys",
    "url", "vb", "vbe", "vbs", "ws", "wsc", "wsf", "wsh", "xht", "xhtml", "xll",
})
# fmt: on
_MARKUP = re.compile(
    r"<(?:!doctype\s+(?:html|svg)|html|head|body|script|iframe|svg|style|title|meta|object|embed|link|base|form|img|a|b|br"
    r"|div|p|table|h1)(?:[\s>/]|$)",
    re.IGNORECASE,
)
_SKIPPED = (("<?", "?>"), ("<!--", "-->"))
_EMBEDDED = re.compile(r"<(?:\w+:)?(?:svg|html|script)[\s>/]", re.IGNORECASE)
_REFUSED_TYPES = frozenset({"text/html", "image/svg+xml", "application/xhtml+xml"})
# Formats that look like text at the beginning; puremagic knows them.
_TEXTUAL = (b"%PDF-", b"{\\rtf", b"%!PS")
_TEXT_TYPES = {"csv": "text/csv", "json": "application/json", "xml": "application/xml", "ics": "text/calendar"}
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def sniff(head: bytes, filename: str) -> str:
    """The media type of a file from its first `HEAD_BYTES` bytes; the name only chooses among what they allow.

    Raises AttachmentTypeNotAllowed for programs, scripts, HTML and SVG.
    """
    if head.startswith(_RUNS) or extension(filename) in _RUNS_BY_NAME:
        raise AttachmentTypeNotAllowed
    text = None if head.startswith(_TEXTUAL) else _as_text(head)
    if text is not None:
        return _text_type(text, filename)
    found = _by_signature(head, filename)
    if found in _REFUSED_TYPES:
        raise AttachmentTypeNotAllowed
    return found


def _as_text(head: bytes) -> str | None:
    """The head as a text, or None. Its last character may be cut."""
    encoding = next((encoding for bom, encoding in _BOMS if head.startswith(bom)), "utf-8")
    text = head.decode(encoding, "ignore")
    lost = len(head) - len(text.encode(encoding))
    binary = "\0" in text or (encoding != "utf-16" and lost > 3)
    return None if binary else text


def _text_type(text: str, filename: str) -> str:
    start = _first_tag(text)
    if start is not None and (_MARKUP.match(text, start) or _EMBEDDED.search(text, start)):
        raise AttachmentTypeNotAllowed
    return _TEXT_TYPES.get(extension(filename), "text/plain")


def _first_tag(text: str) -> int | None:
    """Where a document's first tag or doctype is, behind blanks, comments and processing instructions; None in prose.

    A loop, since a regular expression that skips all of these can be made to backtrack for ever.
    """
    position = 0
    while True:
        position += len(text[position:]) - len(text[position:].lstrip("\ufeff \t\r\n\f"))
        end = next((end for start, end in _SKIPPED if text.startswith(start, position)), None)
        if end is None:
            return position if text.startswith("<", position) else None
        found = text.find(end, position)
        if found < 0:
            return None
        position = found + len(end)


def _by_signature(head: bytes, filename: str) -> str:
    """The likeliest candidate, but one that fits the name's extension if there is any: every .docx is also a .zip."""
    try:
        # Never with filename=: puremagic 2 would look for a file of that name on this machine.
        candidates = [match for match in puremagic.magic_string(head) if match.mime_type]
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    fitting = [match for match in candidates if match.extension.lstrip(".").lower() == extension(filename)]
    best = next(iter(fitting or candidates), None)
    return best.mime_type[:100] if best else UNKNOWN
