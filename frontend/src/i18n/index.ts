import { en } from "./en";

export type MessageKey = keyof typeof en;
type Plural = MessageKey extends infer K ? (K extends `${infer Stem}_other` ? Stem : never) : never;
type Values = Record<string, string | number>;

const messages: Record<string, string> = en;
const locale = "en";
const plurals = new Intl.PluralRules(locale);

/** The words of a key with its values filled in. */
export function t(key: MessageKey, values: Values = {}): string {
  return fill(messages[key] ?? key, values);
}

/** The words for a number of things: keys `<stem>_one` and `<stem>_other`, as the language has them. */
export function plural(stem: Plural, n: number): string {
  return fill(messages[`${stem}_${plurals.select(n)}`] ?? messages[`${stem}_other`] ?? stem, { n });
}

/** The words of a key that is made from a value of the API, or the value itself where there are none yet. */
export function label(prefix: string, value: string): string {
  return messages[`${prefix}.${value}`] ?? sentence(value);
}

function sentence(value: string): string {
  const words = value.replaceAll(/[_.-]/g, " ").replaceAll(/\bsla\b/g, "SLA");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function fill(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A moment in the user's zone, short. */
export function dateTime(iso: string, zone?: string): string {
  return format(zone, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** A moment with its weekday, in a zone. */
export function weekdayTime(iso: string, zone?: string): string {
  const options = {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  };
  return format(zone, options as Intl.DateTimeFormatOptions).format(new Date(iso));
}

/** A day of the calendar (`2026-12-24`) without its year. */
export function shortDay(day: string): string {
  return format("UTC", { day: "numeric", month: "short" }).format(new Date(day));
}

/** The moment at which clocks in the zone show `local` (`2026-12-24T08:00`); of an hour that they skip, one near it. */
export function instantOf(local: string, zone?: string): string {
  const wanted = Date.parse(`${local}Z`);
  // What clocks show is behind or ahead by their offset, which is that of the moment itself: hence twice.
  let instant = wanted;
  for (let pass = 0; pass < 2; pass++) instant = wanted - (shownAt(instant, zone) - instant);
  return new Date(instant).toISOString();
}

/** What clocks in the zone show at a moment, read as if it were UTC. */
function shownAt(instant: number, zone?: string): number {
  return Date.parse(`${isoLike(zone, { dateStyle: "short", timeStyle: "medium" }, instant).replace(" ", "T")}Z`);
}

/** The calendar's day in the zone, as `2026-12-24`. */
export function dayOf(instant: number, zone?: string): string {
  return isoLike(zone, { dateStyle: "short" }, instant);
}

// Sweden writes dates as ISO 8601 does.
function isoLike(zone: string | undefined, options: Intl.DateTimeFormatOptions, instant: number): string {
  return format(zone, options, "sv-SE").format(instant);
}

/** A moment as people say it: minutes, hours and days near now, otherwise the date. */
export function relative(iso: string, now = Date.now(), zone?: string): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const names = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  if (Math.abs(seconds) < 45) return names.format(0, "second");
  if (Math.abs(seconds) < 3600) return names.format(Math.round(seconds / 60), "minute");
  if (Math.abs(seconds) < 86_400) return names.format(Math.round(seconds / 3600), "hour");
  if (Math.abs(seconds) < 7 * 86_400) return names.format(Math.round(seconds / 86_400), "day");
  return format(zone, { dateStyle: "medium" }).format(new Date(iso));
}

/** Minutes as days, hours and minutes; the two largest parts. */
export function duration(minutes: number): string {
  const whole = Math.abs(Math.round(minutes));
  const parts: [number, string][] = [
    [Math.floor(whole / 1440), "d"],
    [Math.floor(whole / 60) % 24, "h"],
    [whole % 60, "min"],
  ];
  const shown = parts.filter(([n]) => n > 0).slice(0, 2);
  return shown.map(([n, unit]) => `${n} ${unit}`).join(" ") || "0 min";
}

export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function format(zone: string | undefined, options: Intl.DateTimeFormatOptions, as?: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(as, zone ? { ...options, timeZone: zone } : options);
  } catch {
    return new Intl.DateTimeFormat(as, options); // a zone that this browser does not know
  }
}
