import { useId } from "react";
import { shortDay, t } from "../i18n";
import { Figures } from "./Figures";

export interface DayFigures {
  date: string;
  came: number;
  went: number;
}

interface DaysProps {
  name: string;
  days: DayFigures[];
  words: { came: string; went: string };
}

const WIDTH = 760;
const HEIGHT = 190;
const LEFT = 34;
const BOTTOM = 22;
const TOP = 10;

/** What came and what went on each day, side by side; many days become weeks. The same as a table. */
export function Days({ name, days, words }: DaysProps) {
  const rows = days.length > 60 ? weeks(days) : days;
  const sum = (pick: (day: DayFigures) => number) => days.reduce((total, day) => total + pick(day), 0);
  const came = sum((day) => day.came);
  const went = sum((day) => day.went);
  return (
    <figure className="chart">
      <figcaption className="legend">
        <span className="came">■ {t("reports.total", { name: words.came, n: came })}</span>
        <span className="went">▨ {t("reports.total", { name: words.went, n: went })}</span>
        {rows !== days && <span className="muted">{t("reports.perWeek")}</span>}
      </figcaption>
      {/* It scrolls, so the keyboard must reach it (WCAG 2.1.1). */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="scroll" tabIndex={0} role="group" aria-label={name}>
        <Bars rows={rows} label={t("reports.daysLabel", { name, came, went, days: days.length })} />
      </div>
      <details>
        <summary>{t("reports.asTable")}</summary>
        <Figures
          caption={name}
          rows={rows}
          columns={[
            { title: t("reports.day"), of: (day) => day.date },
            { title: words.came, of: (day) => day.came },
            { title: words.went, of: (day) => day.went },
          ]}
        />
      </details>
    </figure>
  );
}

function Bars({ rows, label }: { rows: DayFigures[]; label: string }) {
  const hatch = useId();
  const most = Math.max(1, ...rows.flatMap((day) => [day.came, day.went]));
  const top = nice(most);
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const slot = (WIDTH - LEFT) / Math.max(1, rows.length);
  const bar = Math.max(1, Math.min(18, slot * 0.36));
  const every = Math.ceil(rows.length / 10);
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      <defs>
        <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className="hatch-ground" width="5" height="5" />
          <rect className="hatch-line" width="2.5" height="5" />
        </pattern>
      </defs>
      {[0, top / 2, top].map((value) => (
        <g key={value} className="grid">
          <line x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
          <text x={LEFT - 6} y={y(value) + 4}>
            {value}
          </text>
        </g>
      ))}
      {rows.map((day, at) => {
        const x = LEFT + at * slot + slot / 2;
        return (
          <g key={day.date}>
            <title>{`${shortDay(day.date)}: ${day.came} / ${day.went}`}</title>
            <rect className="came" x={x - bar} y={y(day.came)} width={bar} height={y(0) - y(day.came)} />
            <rect fill={`url(#${hatch})`} x={x} y={y(day.went)} width={bar} height={y(0) - y(day.went)} />
            {at % every === 0 && (
              <text className="day" x={x} y={HEIGHT - 6}>
                {shortDay(day.date)}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** The end of a scale that holds it and has whole halves: 2, 4, 10, 20, 40, 100 … */
function nice(most: number): number {
  for (let unit = 1; ; unit *= 10) {
    for (const step of [2, 4, 10]) if (most <= step * unit) return step * unit;
  }
}

/** Sums of seven days, by their first. */
function weeks(days: DayFigures[]): DayFigures[] {
  const found: DayFigures[] = [];
  for (let at = 0; at < days.length; at += 7) {
    const week = days.slice(at, at + 7);
    const sum = (pick: (day: DayFigures) => number) => week.reduce((total, day) => total + pick(day), 0);
    found.push({ date: week[0]?.date ?? "", came: sum((day) => day.came), went: sum((day) => day.went) });
  }
  return found;
}
