import type { ReactNode } from "react";
import { t } from "../i18n";
import { Button } from "../ui/controls";
import { save } from "../ui/Download";
import { csvOf } from "./csv";

export interface Column<Row> {
  title: string;
  of: (row: Row) => string | number;
  /** As people read it, where that differs from what a spreadsheet takes. */
  shown?: (row: Row) => ReactNode;
}

interface FiguresProps<Row> {
  /** What the table is of; also the name of its file. */
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  /** A bar of so much of the whole in each row, from 0 to 1. */
  bar?: (row: Row) => { share: number; look?: string };
}

/** Figures as a table, each row with a bar where one says more than the number; the same as a file. */
export function Figures<Row>({ caption, columns, rows, bar }: FiguresProps<Row>) {
  const download = () => {
    const lines = [
      columns.map((column) => column.title),
      ...rows.map((row) => columns.map((column) => column.of(row))),
    ];
    save(new Blob([csvOf(lines)], { type: "text/csv" }), `${caption}.csv`);
  };
  if (rows.length === 0) return <p className="empty">{t("reports.none")}</p>;
  return (
    <>
      {/* It scrolls, so the keyboard must reach it (WCAG 2.1.1). */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="scroll" tabIndex={0} role="group" aria-label={caption}>
        <table className="list figures">
          <caption className="sr">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.title} scope="col" className={isFigureOf(column, rows) ? "figure" : undefined}>
                  {column.title}
                </th>
              ))}
              {bar && (
                <td>
                  <span className="sr">{t("reports.bar")}</span>
                </td>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {columns.map((column, number) => {
                  const shown = column.shown ? column.shown(row) : column.of(row);
                  const isFigure = typeof column.of(row) === "number";
                  return number === 0 ? (
                    <th key={column.title} scope="row">
                      {shown}
                    </th>
                  ) : (
                    <td key={column.title} className={isFigure ? "figure" : undefined}>
                      {shown}
                    </td>
                  );
                })}
                {bar && (
                  <td className="bar-cell">
                    <Bar {...bar(row)} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Button look="quiet" className="csv" aria-label={t("reports.csvOf", { name: caption })} onClick={download}>
        {t("reports.csv")}
      </Button>
    </>
  );
}

function isFigureOf<Row>(column: Column<Row>, rows: Row[]): boolean {
  return rows[0] !== undefined && typeof column.of(rows[0]) === "number";
}

function Bar({ share, look = "" }: { share: number; look?: string }) {
  const width = Math.max(0, Math.min(100, share * 100));
  return (
    <svg className={`bar-mark ${look}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect className="ground" width="100" height="10" />
      <rect className="filled" width={width} height="10" />
    </svg>
  );
}
