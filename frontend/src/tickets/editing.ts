/**
 * A ticket's fields under somebody's hands while others change it too. What was changed here is kept with what stood
 * there before; a field that both have changed is a conflict, and everything else follows the ticket as it is now.
 */
import type { Priority, Ticket } from "../api/clients";
import type { FieldValues } from "./CustomFields";

export interface Fields {
  subject: string;
  description: string;
  category: string;
  sub_category: string;
  priority: Priority;
  department: string;
  custom_fields: FieldValues;
}

export interface Edits {
  mine: Partial<Fields>;
  /** Of each field that was changed: what it was when it was. */
  before: Partial<Fields>;
}

export const NO_EDITS: Edits = { mine: {}, before: {} };
export type FieldName = keyof Fields;

const NAMES: FieldName[] = [
  "subject",
  "category",
  "sub_category",
  "custom_fields",
  "description",
  "priority",
  "department",
];

export function fieldsOf(ticket: Ticket): Fields {
  const { subject, description, category, sub_category, priority, department } = ticket;
  const custom_fields = ticket.custom_fields as FieldValues;
  return { subject, description, category, sub_category, priority, department, custom_fields };
}

/** The edits with these values too; a value that is the ticket's own again is no edit. */
export function edited(ticket: Ticket, edits: Edits, change: Partial<Fields>): Edits {
  const theirs = fieldsOf(ticket);
  const mine: Partial<Fields> = { ...edits.mine, ...change };
  const before: Partial<Fields> = { ...pick(theirs, change), ...edits.before };
  for (const name of NAMES) {
    if (name in mine && same(mine[name], theirs[name]) && same(before[name], theirs[name])) {
      Reflect.deleteProperty(mine, name);
      Reflect.deleteProperty(before, name);
    }
  }
  return { mine, before };
}

/** What differs from the ticket as it is now. */
export function changes(ticket: Ticket, edits: Edits): Partial<Fields> {
  const theirs = fieldsOf(ticket);
  const differing = NAMES.filter((name) => name in edits.mine && !same(edits.mine[name], theirs[name]));
  return pick(edits.mine, Object.fromEntries(differing.map((name) => [name, null])));
}

/** The fields that somebody else has changed since, to something else. */
export function conflicts(ticket: Ticket, edits: Edits): FieldName[] {
  const theirs = fieldsOf(ticket);
  const differing = changes(ticket, edits);
  return NAMES.filter((name) => name in differing && !same(edits.before[name], theirs[name]));
}

/** After a choice: mine, knowing theirs; or theirs. */
export function resolved(ticket: Ticket, edits: Edits, name: FieldName, keep: "mine" | "theirs"): Edits {
  const theirs = fieldsOf(ticket);
  if (keep === "mine") return { mine: edits.mine, before: { ...edits.before, ...pick(theirs, { [name]: null }) } };
  const without = (fields: Partial<Fields>): Partial<Fields> =>
    Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
  return { mine: without(edits.mine), before: without(edits.before) };
}

function pick(from: Partial<Fields>, names: object): Partial<Fields> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name in names));
}

// The services store JSON in one normal form; the order of keys is nobody's business.
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
