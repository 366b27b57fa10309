import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { data, tickets, type HistoryEntry, type Ticket } from "../api/clients";
import { label, t } from "../i18n";
import { cursorOf, paged, Rows } from "../ui/Rows";
import { Time } from "../ui/Time";

/** Who changed what and when; asked for when it is opened. */
export function History({ ticket }: { ticket: Ticket }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("ticket.history")}</summary>
      {isOpen && <Entries ticket={ticket} />}
    </details>
  );
}

function Entries({ ticket }: { ticket: Ticket }) {
  const history = useInfiniteQuery({
    queryKey: ["tickets", "history", ticket.id, ticket.version],
    queryFn: ({ pageParam }) => {
      const params = { path: { id: ticket.id }, query: cursorOf(pageParam) };
      return data(tickets.GET("/api/v1/tickets/{id}/history/", { params }));
    },
    ...paged,
  });
  return (
    <Rows query={history} none={t("ticket.history.none")}>
      {(entries) => (
        <ol className="history">
          {entries.map((entry) => (
            <li key={entry.id}>
              {sentence(entry)}
              <span className="muted small">
                {entry.actor?.kind === "user"
                  ? t("ticket.history.by", { name: entry.actor.name })
                  : t("ticket.history.system")}{" "}
                <Time at={entry.at} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </Rows>
  );
}

function sentence({ field, old, new: now }: HistoryEntry): string {
  const name = label("ticket", field);
  if (isNothing(old)) return t("ticket.history.set", { field: name, new: shown(now) });
  return t("ticket.history.changed", { field: name, old: shown(old), new: shown(now) });
}

function isNothing(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function shown(value: unknown): string {
  if (isNothing(value)) return "–";
  if (Array.isArray(value)) return value.map(shown).join(", ");
  return typeof value === "object" && value !== null ? named(value) : `${value as string | number}`;
}

function named(value: object): string {
  return "name" in value ? String(value.name) : Object.values(value).map(shown).join(", ");
}
