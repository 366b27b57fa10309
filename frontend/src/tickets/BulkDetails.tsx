import type { Macro, Priority } from "../api/clients";
import { label, t } from "../i18n";
import { PRIORITIES } from "./queries";

export const ACTIONS = ["prioritise", "tag", "untag", "close", "reject", "reopen", "macro"] as const;
export type Action = (typeof ACTIONS)[number];

/** What an action needs to be told; of each, what was said last. */
export interface Given {
  text: string;
  priority: Priority;
  macro: Macro | null;
}

interface BulkDetailsProps {
  action: Action;
  given: Given;
  /** Those that one may choose from. */
  macros: Macro[];
  onChange: (change: Partial<Given>) => void;
}

/** The field of an action on many tickets, if it has one. */
export function BulkDetails({ action, given, macros, onChange }: BulkDetailsProps) {
  if (action === "close") return null;
  if (action === "prioritise") {
    return (
      <select
        aria-label={t("tickets.priority")}
        value={given.priority}
        onChange={(event) => onChange({ priority: event.target.value as Priority })}
      >
        {PRIORITIES.map((name) => (
          <option key={name} value={name}>
            {label("priority", name)}
          </option>
        ))}
      </select>
    );
  }
  if (action === "macro") {
    const find = (id: string) => macros.find((one) => one.id === id) ?? null;
    return (
      <>
        <select
          required
          aria-label={t("macros.which")}
          value={given.macro?.id ?? ""}
          onChange={(event) => onChange({ macro: find(event.target.value) })}
        >
          <option value="">{t("macros.choose")}</option>
          {macros.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
        {given.macro?.actions.reply && <span className="small">{t("bulk.macroHint")}</span>}
      </>
    );
  }
  const name = isTag(action) ? t("bulk.tagName") : t("task.reason");
  return (
    <input
      required
      aria-label={name}
      placeholder={name}
      value={given.text}
      onChange={(event) => onChange({ text: event.target.value })}
    />
  );
}

/** What the request says of it beside the action. */
export function details(action: Action, { text, priority, macro }: Given) {
  if (action === "prioritise") return { priority };
  if (action === "macro") return macro ? { macro_id: macro.id } : {};
  if (isTag(action)) return { tag: text.trim() };
  return action === "close" ? {} : { reason: text };
}

function isTag(action: Action): boolean {
  return action === "tag" || action === "untag";
}
