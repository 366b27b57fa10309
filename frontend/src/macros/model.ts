/** A macro as a form has it, where everything is a field, and as ticket-service has it, where nothing is left empty. */
import type { Macro, MacroActions, Priority, Visibility } from "../api/clients";

export const STATUSES = ["Open", "Closed", "Rejected"] as const;

export interface MacroForm {
  name: string;
  is_shared: boolean;
  /** Of the macro that is changed; 0 for a new one. */
  version: number;
  priority: Priority | "";
  category: string;
  sub_category: string;
  addTags: string;
  removeTags: string;
  status: (typeof STATUSES)[number] | "";
  reason: string;
  visibility: Visibility | "";
  body: string;
}

const EMPTY: MacroForm = {
  name: "",
  is_shared: false,
  version: 0,
  priority: "",
  category: "",
  sub_category: "",
  addTags: "",
  removeTags: "",
  status: "",
  reason: "",
  visibility: "",
  body: "",
};

export function formOf(macro: Macro | null): MacroForm {
  if (!macro) return EMPTY;
  const { name, is_shared, version } = macro;
  const { add_tags = [], remove_tags = [], reply, ...others } = macro.actions;
  const tags = { addTags: add_tags.join(" "), removeTags: remove_tags.join(" ") };
  return { ...EMPTY, name, is_shared, version, ...others, ...reply, ...tags };
}

export function actionsOf(form: MacroForm): MacroActions {
  const tags = (text: string) => text.split(/[\s,]+/).filter(Boolean);
  const { priority, category, sub_category, status, reason, visibility, body } = form;
  const add_tags = tags(form.addTags);
  const remove_tags = tags(form.removeTags);
  return {
    ...(category ? { category } : {}),
    ...(category && sub_category ? { sub_category } : {}),
    ...(priority ? { priority } : {}),
    ...(add_tags.length > 0 ? { add_tags } : {}),
    ...(remove_tags.length > 0 ? { remove_tags } : {}),
    ...(status ? { status } : {}),
    ...(takesReason(status) && reason.trim() ? { reason } : {}),
    ...(visibility ? { reply: { visibility, body } } : {}),
  };
}

/** Rejecting needs one, reopening may have one. */
export function takesReason(status: MacroForm["status"]): boolean {
  return status === "Rejected" || status === "Open";
}

/** Whether it does more than to write a reply. */
export function changesTickets({ actions }: Macro): boolean {
  return Object.keys(actions).some((name) => name !== "reply");
}

/** Whether the ticket takes nothing more afterwards. */
export function ends({ actions }: Macro): boolean {
  return actions.status === "Closed" || actions.status === "Rejected";
}
