import { useEffect, useRef } from "react";

export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** Single keys and `mod+k` (Ctrl, or Cmd on a Mac). Single keys are silent while somebody writes or a dialog is open. */
export function useKeys(keys: Keys) {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isModified = event.ctrlKey || event.metaKey;
      if (event.altKey || event.defaultPrevented) return;
      if (!isModified && (isWriting(event.target) || document.querySelector("dialog[open]"))) return;
      const handler = current.current[isModified ? `mod+${event.key.toLowerCase()}` : event.key];
      if (!handler) return;
      event.preventDefault();
      handler(event);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

/** `j` and `k` go through the rows of the page, Enter opens one as a click does. Rows are links with `data-row`. */
export function useRowKeys() {
  useKeys({ j: () => step(1), k: () => step(-1) });
}

function step(by: number) {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next]?.focus();
}
