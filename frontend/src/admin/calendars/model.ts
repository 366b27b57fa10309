/** A calendar as it is typed: the open hours of a day as one line, `08:00-12:00, 13:00-17:00`. */
import type { Schemas } from "../../api/clients";

export type Calendar = Schemas["CalendarOutput"];

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Day = (typeof DAYS)[number];

export interface Typed {
  name: string;
  time_zone: string;
  week: Record<Day, string>;
  holidays: string[];
}

export const OFFICE: Typed = {
  name: "",
  time_zone: "UTC",
  week: {
    ...Object.fromEntries(DAYS.map((day) => [day, "08:00-12:00, 13:00-17:00"])),
    saturday: "",
    sunday: "",
  } as Record<Day, string>,
  holidays: [],
};

export function typedOf({ name, time_zone, week, holidays }: Calendar): Typed {
  const lines = DAYS.map((day) => [day, (week[day] ?? []).map((interval) => interval.join("-")).join(", ")]);
  return { name, time_zone, week: Object.fromEntries(lines) as Record<Day, string>, holidays: [...holidays] };
}

/** What the service takes; whether it is sound, it says. */
export function bodyOf({ name, time_zone, week, holidays }: Typed) {
  const intervals = (line: string) =>
    line
      .split(/[,;]/)
      .map((part) => part.trim())
      .filter(Boolean)
      .map((part) => part.split(/\s*[-–]\s*/));
  const days = Object.fromEntries(DAYS.map((day) => [day, intervals(week[day])])) as Record<Day, string[][]>;
  return { name, time_zone, week: days, holidays };
}
