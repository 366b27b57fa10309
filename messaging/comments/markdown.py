"""Markdown to HTML that is safe to show: no raw HTML in, and what comes out passes a sanitiser's list."""

from functools import lru_cache

import nh3
from django.utils.html import escape
from markdown_it import MarkdownIt

TAGS = frozenset(
    {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "ul"}
    | {"h1", "h2", "h3", "h4", "h5", "h6"}
    | {"table", "tbody", "td", "th", "thead", "tr"}
)
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = frozenset({"http", "https", "mailto"})
# The parser's time grows with the square of them: 10,000 take a second.
MAX_BRACKETS = 500

# No images: fetching one would tell its host who reads the ticket, and when.
_parser = MarkdownIt("js-default", {"html": False, "breaks": True}).disable("image")


@lru_cache(maxsize=256)
def to_html(body: str) -> str:
    """Render a comment's body. Tags, attributes and link schemes other than those above never appear.

    A body with more brackets than any text has is shown as it was typed.
    """
    if body.count("[") > MAX_BRACKETS:
        return f"<pre>{escape(body)}</pre>"
    html = _parser.render(body)
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        link_rel="nofollow noopener noreferrer",
    )
