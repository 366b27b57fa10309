import type { TicketSchedule } from "../../api/clients";
import type { Option } from "../../ui/Picker";
import { MONDAYS, repeatOf, ruleOf, type Repeat } from "./repeat";

export const SCHEDULES = ["schedules"] as const;

export interface Form {
  name: string;
  template_id: string;
  requester: Option | null;
  repeat: Repeat;
  starts_on: string;
  time: string;
  time_zone: string;
  ends_on: string;
  version: number;
}

export function formOf(schedule: TicketSchedule): Form {
  const { name, template_id, rule, starts_on, time, time_zone, ends_on, version } = schedule;
  const requester = { id: schedule.requester_id, text: schedule.requester_name };
  return {
    name,
    template_id,
    requester,
    repeat: repeatOf(rule),
    starts_on,
    time,
    time_zone,
    ends_on: ends_on ?? "",
    version,
  };
}

/** Mondays at nine, from today. */
export function newForm(today: string, zone: string): Form {
  const when = { repeat: MONDAYS, starts_on: today, time: "09:00", time_zone: zone, ends_on: "" };
  return { name: "", template_id: "", requester: null, ...when, version: 0 };
}

export function timesOf({ repeat, starts_on, time, time_zone, ends_on }: Form) {
  return { rule: ruleOf(repeat), starts_on, time, time_zone, ...(ends_on ? { ends_on } : {}) };
}

export function bodyOf(form: Form) {
  const { name, template_id, requester, ends_on } = form;
  const whose = requester ? { requester_id: requester.id } : {};
  return { name, template_id, ...whose, ...timesOf(form), ends_on: ends_on || null };
}

export type State = "active" | "paused" | "over" | "failing";

export function stateOf({ is_active, next_at, failure }: TicketSchedule): State {
  if (!is_active) return "paused";
  if (failure) return "failing";
  return next_at ? "active" : "over";
}
