"""Comments whose authors try to run a script, rendered as messaging renders them and loaded in Chromium: none fires.

The page puts each one where a client would: into its own HTML, by innerHTML, by the HTML that the browser makes of that
(mutation XSS), and into a table. Then it does what a person might: points at, focuses and clicks everything.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from html import unescape
from pathlib import Path
from re import DOTALL, search
from typing import Any
from unittest import TestCase

from suite.paths import ROOT

sys.path.insert(0, str(ROOT / "messaging"))

from comments.markdown import to_html
from comments.tests.payloads import PAYLOADS

CHROMIUM = os.environ.get("TEST_CHROMIUM", "/usr/bin/chromium")
WITHIN_SECONDS = 60.0
# Headless, and no request to any host but this one.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--virtual-time-budget=4000",
)
PAGE = """<!doctype html><meta charset=utf-8>
<script>
  const fired = [];
  let current = "page";
  for (const name of ["alert", "prompt", "confirm", "msgbox"]) window[name] = () => fired.push(current);
  addEventListener("error", (event) => event.preventDefault());
</script>
%(embedded)s
<div id=stage></div>
<script id=given type="application/json">%(given)s</script>
<script>
  const EVENTS = ["mouseover", "mouseenter", "pointerover", "focus", "blur", "click", "load", "error", "toggle",
                  "animationstart", "begin", "start", "keydown", "wheel", "scroll"];
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.protocol !== "javascript:") event.preventDefault();
  }, true);
  document.addEventListener("submit", (event) => {
    if (!event.target.action.startsWith("javascript:")) event.preventDefault();
  }, true);
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const tags = new Set();
  const schemes = new Set();
  function touch(root) {
    for (const element of root.querySelectorAll("*")) {
      tags.add(element.localName);
      if (element.localName === "a") schemes.add(element.protocol);
      for (const name of EVENTS) element.dispatchEvent(new Event(name, {bubbles: true, cancelable: true}));
      if (element.focus) element.focus();
      if (element.click) element.click();
    }
  }
  addEventListener("load", async () => {
    const stage = document.getElementById("stage");
    for (const part of document.querySelectorAll(".embedded")) { current = part.dataset.number; touch(part); }
    const bodies = JSON.parse(document.getElementById("given").textContent);
    for (const [number, html] of bodies.entries()) {
      current = String(number);
      const first = document.createElement("div");
      stage.replaceChildren(first);
      first.innerHTML = html;
      const again = document.createElement("div");
      stage.append(again);
      again.innerHTML = first.innerHTML;
      const table = document.createElement("table");
      stage.append(table);
      table.innerHTML = "<tr><td>" + again.innerHTML + "</td></tr>";
      touch(stage);
      await pause(10);
    }
    await pause(500);
    const result = {fired: [...new Set(fired)], count: bodies.length, tags: [...tags], schemes: [...schemes]};
    const out = document.createElement("pre");
    out.id = "result";
    out.textContent = JSON.stringify(result);
    document.body.replaceChildren(out);
  });
</script>
"""

# No frames, forms and plugins among them, which would take the page away from under the test.
ALIVE = [
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<x-y is=z onclick=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noembed><p title='</noembed><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
]


def load(bodies: list[str], *, embed: bool = True) -> dict[str, Any]:
    """What happened in a browser that was shown these pieces of HTML."""
    embedded = "".join(
        f"<div class=embedded data-number={number}>{body}</div>\n" for number, body in enumerate(bodies) if embed
    )
    given = json.dumps(bodies).replace("<", "\\u003c")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(PAGE % {"embedded": embedded, "given": given}, encoding="utf-8", errors="replace")
        dom = _dump([CHROMIUM, *FLAGS, f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri()])
    found = search(r'<pre id="result">(.*?)</pre>', dom, DOTALL)
    if found is None:
        raise AssertionError(f"the page did not end: {dom[-1000:]}")
    return dict(json.loads(unescape(found[1])))


def _dump(command: list[str]) -> str:
    """What the browser prints of the page; its processes are ended with it."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.communicate(timeout=WITHIN_SECONDS)[0].decode(errors="replace")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class CommentHtml(TestCase):
    def test_no_payload_fires(self) -> None:
        result = load([to_html(body) for body in PAYLOADS])
        fired = [PAYLOADS[int(number)] if number.isdecimal() else number for number in result["fired"]]
        self.assertEqual(fired, [])
        self.assertEqual(result["count"], len(PAYLOADS))
        self.assertEqual(
            set(result["tags"]) & {"script", "img", "svg", "iframe", "style", "math", "form", "object"}, set()
        )
        self.assertLessEqual(set(result["schemes"]), {"http:", "https:", "mailto:", "file:"})

    def test_the_page_would_notice(self) -> None:
        """Some of the bodies as they were typed run: of handlers, links, and what lives only when parsed again."""
        result = load(ALIVE, embed=False)
        silent = [body for number, body in enumerate(ALIVE) if str(number) not in result["fired"]]
        self.assertEqual(silent, [])
