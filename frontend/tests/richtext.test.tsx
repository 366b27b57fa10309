import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { RichText } from "../src/conversation/RichText";

function shown(html: string): HTMLElement {
  return render(<RichText html={html} />).container;
}

it("keeps what Markdown makes", () => {
  const html = '<p>a <strong>b</strong><br><a href="https://example.com/x">c</a></p><ul><li>d</li></ul><hr>';
  const found = shown(html);
  expect(found.querySelector("strong")?.textContent).toBe("b");
  expect(found.querySelector("a")?.getAttribute("rel")).toContain("noopener");
  expect(found.querySelectorAll("li, br, hr")).toHaveLength(3);
});

// OWASP XSS Filter Evasion Cheat Sheet: one of each kind. The renderer lets none of them through; neither does this.
it.each([
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
  "<a href='javascript:alert(1)'>x</a>",
  "<a href='JaVaScRiPt&#58;alert(1)'>x</a>",
  "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
  "<p onclick=alert(1) style='background:url(javascript:alert(1))'>x</p>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
  "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>x</button></form>",
  "<style>@import 'javascript:alert(1)'</style>",
  "<template><script>alert(1)</script></template>",
])("inserts nothing that runs: %s", (html) => {
  const found = shown(html);
  expect(found.querySelector("script, img, svg, iframe, form, style, button, math, template")).toBeNull();
  for (const element of found.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      expect(["class", "href", "target", "rel"]).toContain(name);
      if (name === "href") expect(value).toMatch(/^(https?|mailto):/);
    }
  }
});
