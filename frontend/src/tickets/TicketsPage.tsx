import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import type { TicketFilters, TicketSummary } from "../api/clients";
import { t } from "../i18n";
import { isStaff } from "../session/roles";
import { useUser } from "../session/session";
import { useRowKeys } from "../shell/keys";
import { Rows } from "../ui/Rows";
import { PriorityMark, Status } from "../ui/Status";
import { Time } from "../ui/Time";
import { BulkBar } from "./BulkBar";
import { Export } from "./Export";
import { Filters } from "./Filters";
import { useTicketList } from "./queries";
import { SavedViews } from "./SavedViews";

const NAMES = ["q", "status", "category", "priority", "assignee", "tag"] as const;

/** The tickets that one may see, by filters that stand in the address: a list can be sent to a colleague. */
export default function TicketsPage() {
  const staff = isStaff(useUser());
  const [parameters, setParameters] = useSearchParams();
  const filters = Object.fromEntries(
    NAMES.flatMap((name) => (parameters.get(name) ? [[name, parameters.get(name)]] : [])),
  ) as TicketFilters;
  const list = useTicketList(filters);
  const [selected, setSelected] = useState<ReadonlyMap<string, TicketSummary>>(new Map());
  useRowKeys(list.data?.pages.flatMap((page) => page.results.map((ticket) => ticket.number)));

  const title = staff ? t("tickets.title") : t("requests.title");
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <>
      <title>{`${title} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{title}</h1>
        {staff && (
          <SavedViews filters={filters} onChoose={(view) => setParameters(new URLSearchParams(asText(view)))} />
        )}
        {staff && <Export filters={filters} />}
      </div>
      <Filters
        filters={filters}
        isStaff={staff}
        onChange={(next) => setParameters(new URLSearchParams(asText(next)), { replace: true })}
      />
      {staff && selected.size > 0 && (
        <BulkBar tickets={[...selected.values()]} onDone={(left) => setSelected(new Map(left.map((x) => [x.id, x])))} />
      )}
      <div aria-busy={list.isFetching && list.isPlaceholderData}>
        <Rows query={list} none={isFiltered ? t("tickets.none") : staff ? t("tickets.none") : t("requests.none")}>
          {(rows) => <TicketTable rows={rows} selected={staff ? selected : null} onSelect={setSelected} />}
        </Rows>
      </div>
    </>
  );
}

function asText(filters: TicketFilters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => Boolean(value)));
}

type Selection = ReadonlyMap<string, TicketSummary>;

interface TableProps {
  rows: TicketSummary[];
  /** Null where nothing can be chosen. */
  selected: Selection | null;
  onSelect: (selection: Selection) => void;
}

function TicketTable({ rows, selected, onSelect }: TableProps) {
  function toggle(tickets: TicketSummary[], isChosen: boolean) {
    const next = new Map(selected);
    for (const ticket of tickets) {
      if (isChosen) next.set(ticket.id, ticket);
      else next.delete(ticket.id);
    }
    onSelect(next);
  }
  return (
    <table className="list">
      <thead>
        <tr>
          {selected && (
            <th scope="col" className="tick">
              <input
                type="checkbox"
                aria-label={t("tickets.selectAll")}
                checked={rows.every((ticket) => selected.has(ticket.id))}
                onChange={(event) => toggle(rows, event.target.checked)}
              />
            </th>
          )}
          <th scope="col">{t("tickets.number")}</th>
          <th scope="col">{t("tickets.subject")}</th>
          <th scope="col">{t("tickets.status")}</th>
          <th scope="col">{t("tickets.priority")}</th>
          {selected && <th scope="col">{t("tickets.requester")}</th>}
          <th scope="col">{t("tickets.assignee")}</th>
          <th scope="col">{t("tickets.updated")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((ticket) => (
          <tr key={ticket.id} className={selected?.has(ticket.id) ? "chosen" : undefined}>
            {selected && (
              <td className="tick">
                <input
                  type="checkbox"
                  aria-label={t("tickets.select", { number: ticket.number })}
                  checked={selected.has(ticket.id)}
                  onChange={(event) => toggle([ticket], event.target.checked)}
                />
              </td>
            )}
            <td className="number">{ticket.number}</td>
            <td className="subject">
              <Link data-row to={`/requests/${ticket.number}`}>
                {ticket.subject}
              </Link>
            </td>
            <td>
              <Status value={ticket.status} />
            </td>
            <td>
              <PriorityMark value={ticket.priority} />
            </td>
            {selected && <td>{ticket.requester_name}</td>}
            <td data-label={t("tickets.assignee")}>
              {ticket.assignee_name || <span className="muted">{t("tickets.unassigned")}</span>}
            </td>
            <td>
              <Time at={ticket.updated_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
