/** What the controls say of a recurrence, as the rule of RFC 5545 that it is, and in words. */
import { label, plural, t } from "../../i18n";

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export const WHICH = ["1", "2", "3", "4", "-1"] as const;
export const MONTH_DAYS = ["date", "last", "weekday", "firstWorking", "lastWorking"] as const;
export const KINDS = ["daily", "weekly", "monthly", "custom"] as const;

type Weekday = (typeof WEEKDAYS)[number];
type Which = (typeof WHICH)[number];

const NAMES = {
  MO: "monday",
  TU: "tuesday",
  WE: "wednesday",
  TH: "thursday",
  FR: "friday",
  SA: "saturday",
  SU: "sunday",
} as const;
const WORKING = "MO,TU,WE,TH,FR";

export interface Repeat {
  kind: (typeof KINDS)[number];
  every: string;
  days: Weekday[];
  monthDay: (typeof MONTH_DAYS)[number];
  date: string;
  which: Which;
  weekday: Weekday;
  /** Of `custom`. */
  rule: string;
}

export const MONDAYS: Repeat = {
  ...{ kind: "weekly", every: "1", days: ["MO"], monthDay: "date", date: "1", which: "1", weekday: "MO", rule: "" },
};

export function ruleOf(repeat: Repeat): string {
  if (repeat.kind === "custom") return repeat.rule.trim();
  const parts = [`FREQ=${repeat.kind.toUpperCase()}`];
  if (repeat.every !== "1") parts.push(`INTERVAL=${repeat.every}`);
  if (repeat.kind === "weekly") parts.push(`BYDAY=${WEEKDAYS.filter((day) => repeat.days.includes(day)).join(",")}`);
  if (repeat.kind === "monthly") parts.push(monthPart(repeat));
  return parts.join(";");
}

function monthPart({ monthDay, date, which, weekday }: Repeat): string {
  if (monthDay === "date") return `BYMONTHDAY=${date}`;
  if (monthDay === "last") return "BYMONTHDAY=-1";
  if (monthDay === "weekday") return `BYDAY=${which}${weekday}`;
  return `BYDAY=${WORKING};BYSETPOS=${monthDay === "firstWorking" ? 1 : -1}`;
}

/** What the controls show for a rule; one that they cannot say is shown as it is. */
export function repeatOf(rule: string): Repeat {
  const parts = new Map(rule.split(";").map((part) => part.split("=", 2) as [string, string]));
  const kind = (parts.get("FREQ") ?? "").toLowerCase() as Repeat["kind"];
  const every = parts.get("INTERVAL") ?? "1";
  const days = (parts.get("BYDAY") ?? "").split(",") as Weekday[];
  const common = { ...MONDAYS, kind, every, rule };
  const candidates: Repeat[] = [
    { ...common, days: kind === "weekly" ? days : MONDAYS.days },
    ...monthly(common, parts),
  ];
  return candidates.find((one) => ruleOf(one) === rule) ?? { ...common, kind: "custom" };
}

function monthly(common: Repeat, parts: Map<string, string>): Repeat[] {
  const [, which = "1", weekday = "MO"] = /^(-?\d)(\w\w)$/.exec(parts.get("BYDAY") ?? "") ?? [];
  const [date = "1"] = /^\d+$/.exec(parts.get("BYMONTHDAY") ?? "") ?? [];
  return [
    { ...common, monthDay: "date", date },
    { ...common, monthDay: "last" },
    { ...common, monthDay: "weekday", which: which as Which, weekday: weekday as Weekday },
    { ...common, monthDay: "firstWorking" },
    { ...common, monthDay: "lastWorking" },
  ];
}

/** "Every 2 weeks on Monday, Friday at 09:00"; a rule of its own stays one. */
export function inWords(rule: string, time: string): string {
  const repeat = repeatOf(rule);
  return t("schedules.in.at", { days: daysInWords(repeat), time });
}

function daysInWords(repeat: Repeat): string {
  const n = Number(repeat.every);
  if (repeat.kind === "custom") return repeat.rule;
  if (repeat.kind === "daily") return plural("schedules.in.daily", n);
  const names = repeat.kind === "weekly" ? repeat.days.map(weekdayName).join(", ") : monthDayInWords(repeat);
  return plural(`schedules.in.${repeat.kind}`, n).replace("{days}", names).replace("{day}", names);
}

function monthDayInWords({ monthDay, date, which, weekday }: Repeat): string {
  if (monthDay === "date") return t("schedules.in.date", { n: date });
  if (monthDay !== "weekday") return t(`schedules.day.${monthDay}`);
  return t("schedules.in.weekday", { which: t(`schedules.which.${which}`), day: weekdayName(weekday) });
}

export function weekdayName(day: Weekday): string {
  return label("calendars", NAMES[day]);
}
