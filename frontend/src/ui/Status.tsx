import { label } from "../i18n";

/** A status or priority: a word, and a colour that says the same. */
export function Status({ value }: { value: string }) {
  return <span className={`badge status-${value.toLowerCase().replaceAll(" ", "-")}`}>{label("status", value)}</span>;
}

export function PriorityMark({ value }: { value: string }) {
  return <span className={`priority priority-${value.toLowerCase()}`}>{label("priority", value)}</span>;
}
