/**
 * A comment as messaging rendered it (ADR 0009), built anew from the few elements that its Markdown can make. So a
 * fault in the renderer opens nothing here: what is not on the list becomes its text, and no HTML is ever inserted.
 */
import { createElement, useMemo, type ReactNode } from "react";

const ELEMENTS = new Set(
  "p br strong em del code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 hr table thead tbody tr th td a".split(" "),
);
const SAFE_LINK = /^(https?:|mailto:)/i;

interface TrustedTypes {
  createPolicy: (
    name: string,
    rules: { createHTML: (text: string) => string },
  ) => { createHTML: (text: string) => unknown };
}

// The parser makes a document in which nothing runs or loads; the page's policy lets this name alone use it.
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("rendered-comment", {
  createHTML: (text) => text,
});

export function RichText({ html }: { html: string }) {
  const content = useMemo(() => children(parse(html).body), [html]);
  return <div className="rich">{content}</div>;
}

function parse(html: string): Document {
  return new DOMParser().parseFromString((policy?.createHTML(html) ?? html) as string, "text/html");
}

function children(parent: Node): ReactNode[] {
  return [...parent.childNodes].map((node, at) => {
    if (node instanceof Text) return node.data;
    return node instanceof Element ? element(node, at) : null;
  });
}

function element(node: Element, key: number): ReactNode {
  const name = node.localName;
  if (name === "script" || name === "style" || name === "template") return null;
  if (!ELEMENTS.has(name)) return <span key={key}>{children(node)}</span>;
  if (name === "br" || name === "hr") return createElement(name, { key });
  if (name !== "a") return createElement(name, { key }, ...children(node));
  const href = node.getAttribute("href") ?? "";
  if (!SAFE_LINK.test(href)) return <span key={key}>{children(node)}</span>;
  return (
    <a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children(node)}
    </a>
  );
}
