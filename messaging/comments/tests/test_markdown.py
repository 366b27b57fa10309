"""A comment's HTML is safe to show as it is, whatever its author typed."""

import re
from html.parser import HTMLParser

from django.test import SimpleTestCase

from comments.markdown import ATTRIBUTES, SCHEMES, TAGS, to_html
from comments.tests.payloads import PAYLOADS


class Inspector(HTMLParser):
    """Collects every tag, and every attribute with its value, as a browser's parser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, {name: value or "" for name, value in attrs}))


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    """The tags of the HTML with their attributes."""
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.seen


class Sanitising(SimpleTestCase):
    def test_no_payload_gets_through(self) -> None:
        for payload in PAYLOADS:
            with self.subTest(payload):
                for tag, attributes in elements(to_html(payload)):
                    self.assertIn(tag, TAGS)
                    self.assertLessEqual(set(attributes), ATTRIBUTES.get(tag, set()) | {"rel"})
                    scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", attributes.get("href", "https:"), re.IGNORECASE)
                    self.assertTrue(scheme is None or scheme[1].lower() in SCHEMES, attributes)

    def test_what_people_write_is_rendered(self) -> None:
        for body, html in (
            ("**bold** and *it*", "<p><strong>bold</strong> and <em>it</em></p>\n"),
            ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            ("`rm -rf`", "<p><code>rm -rf</code></p>\n"),
            ("~~no~~", "<p><s>no</s></p>\n"),
            (
                "[x](https://a.example)",
                '<p><a href="https://a.example" rel="nofollow noopener noreferrer">x</a></p>\n',
            ),
            ("a < b & c", "<p>a &lt; b &amp; c</p>\n"),
            ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>\n"),
            ("", ""),
        ):
            with self.subTest(body):
                self.assertEqual(to_html(body), html)

    def test_a_body_of_brackets_is_shown_as_it_was_typed(self) -> None:
        body = "[" * 9_000 + "<script>"
        self.assertEqual(to_html(body), f"<pre>{'[' * 9_000}&lt;script&gt;</pre>")

    def test_deep_nesting_ends(self) -> None:
        for body in (">" * 10_000, "[" * 10_000, "*" * 10_000, "- " * 5_000, "`" * 10_000):
            with self.subTest(body[:2]):
                self.assertIsInstance(to_html(body), str)
