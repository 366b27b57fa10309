import { useEffect, useRef } from "react";
import { layTrail } from "./trail";

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

// A tick or a choice takes no letters: there the keys of the page go on.
const NO_TEXT = new Set(["checkbox", "radio", "button", "submit"]);

function isWriting(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !NO_TEXT.has(target.type);
  return target instanceof HTMLElement && target.closest("textarea, select, [contenteditable]") !== null;
}

/** Escape leaves a field, with what is in it, so that the keys of the page work again. A dialog takes it to close. */
export function useLeaveField() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (!(event.target instanceof HTMLElement) || !isWriting(event.target)) return;
      event.preventDefault(); // a search field would be emptied
      event.target.blur();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/**
 * `j` and `k` go through the rows of the page, Enter opens one as a click does, `x` ticks it, `/` goes to the search.
 * Rows are links with `data-row`. The rows are the trail on which an opened ticket has a next one.
 */
export function useRowKeys(numbers: string[] = []) {
  useKeys({ j: () => step(1), k: () => step(-1), x: tick, "/": search });
  const trail = numbers.join(" ");
  useEffect(() => {
    if (trail) layTrail({ from: location.pathname + location.search, numbers: trail.split(" ") });
  }, [trail]);
}

function rowsOfPage(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row]")];
}

/** The row with the focus, or with something of it that has the focus. */
function here(rows: HTMLElement[]): number {
  const line = document.activeElement?.closest("tr, li");
  return rows.findIndex((row) => row === document.activeElement || (line && line === row.closest("tr, li")));
}

function step(by: number) {
  const rows = rowsOfPage();
  const at = here(rows);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next]?.focus();
}

function tick() {
  const rows = rowsOfPage();
  rows[here(rows)]?.closest("tr, li")?.querySelector<HTMLInputElement>('input[type="checkbox"]')?.click();
}

function search() {
  document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus();
}
