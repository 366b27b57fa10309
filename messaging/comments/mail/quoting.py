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
MAX_TAGS = 20_000
_MARK = re.compile("\ue000(\\d+)\ue001")
_TAG_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
# Both libraries take time that grows faster than the square of a run of blanks: 50,000 spaces took 100 seconds.
MAX_BLANKS = 100
_BLANKS = re.compile(rf"\s{{{MAX_BLANKS + 1},}}")
_BLANK_LINES = re.compile(r"\n{4,}")
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "base", "area", "wbr", "source"})
_parser = EmailReplyParser(languages=LANGUAGES)


def newest_part(text: str) -> str:
    """What the author wrote on top of the quotation that their client added; all of it when none is recognised."""
    lines = [line.rstrip() for line in text.translate({0xE000: None, 0xE001: None}).splitlines()]
    marked = "\n".join(line if len(line) <= MAX_LINE else f"\ue000{number}\ue001" for number, line in enumerate(lines))
    marked = _BLANK_LINES.sub("\n\n\n", marked)
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
    """Markdown of an HTML message; its plain text when it is made as no person writes."""
    tags, depth = _shape(html)
    if max(tags, html.count("&")) > MAX_TAGS or depth > MAX_DEPTH:
        return strip_tags(html)
    try:
        # Cleaned first: what is written as an entity is a blank afterwards.
        text = markdownify(_BLANKS.sub(_blank, nh3.clean(html)), heading_style="ATX", strip=["img"])
    except (RecursionError, ValueError):
        return strip_tags(html)
    return re.sub(r"\n{3,}", "\n\n", str(text))


def _blank(run: re.Match[str]) -> str:
    return "\n\n" if "\n" in run[0] else " "


def _shape(html: str) -> tuple[int, int]:
    """How many tags there are, and how deep they may be nested. One pass: a tag that does not end is the last."""
    tags = depth = deepest = position = 0
    while (found := _TAG_NAME.search(html, position)) is not None:
        end = html.find(">", found.end())
        if end < 0:
            break
        tags += 1
        if found[1]:
            depth = max(depth - 1, 0)
        elif html[end - 1] != "/" and found[2].lower() not in _VOID:
            depth += 1
            deepest = max(deepest, depth)
        position = end + 1
    return tags, deepest
