"""The text of a reply without the message that it replies to, and Markdown of an HTML message."""

import re

import nh3
from django.utils.html import strip_tags
from mailparser_reply import EmailReplyParser  # type: ignore[import-untyped]
from markdownify import markdownify

LANGUAGES = ["en", "de", "fr", "es", "it", "nl"]
# The parser's expressions take time that grows with the square of a line: 20,000 characters in one took 142 seconds.
# A line that long is no client's header, so the parser gets a mark in its place.
MAX_LINE = 300
MAX_PARSED = 20_000
MAX_DEPTH = 200
_MARK = re.compile("\ue000(\\d+)\ue001")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*?(/?)>", re.IGNORECASE)
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "base", "area", "wbr", "source"})
_parser = EmailReplyParser(languages=LANGUAGES)


def newest_part(text: str) -> str:
    """What the author wrote on top of the quotation that their client added; all of it when none is recognised."""
    lines = text.translate({0xE000: None, 0xE001: None}).splitlines()
    marked = "\n".join(line if len(line) <= MAX_LINE else f"\ue000{number}\ue001" for number, line in enumerate(lines))
    head, rest = marked[:MAX_PARSED], marked[MAX_PARSED:]
    found = _parser.parse_reply(head)
    if found is None:
        kept = marked
    elif rest and head.rstrip().endswith(found.rstrip()):
        kept = marked  # no quotation begins in what was looked at
    else:
        kept = found
    return _MARK.sub(lambda match: lines[int(match[1])], kept).strip()


def html_to_text(html: str) -> str:
    """Markdown of an HTML message; its plain text when it is nested as no person writes."""
    if _depth(html) > MAX_DEPTH:
        return strip_tags(html)
    try:
        text = markdownify(nh3.clean(html), heading_style="ATX", strip=["img"])
    except (RecursionError, ValueError):
        return strip_tags(html)
    return re.sub(r"\n{3,}", "\n\n", str(text))


def _depth(html: str) -> int:
    """How deep the tags may be nested, at most."""
    depth = deepest = 0
    for closing, name, alone in _TAG.findall(html):
        if closing:
            depth = max(depth - 1, 0)
        elif not alone and name.lower() not in _VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest
