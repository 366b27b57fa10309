import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, Route, Routes } from "react-router";
import { data, tickets, type TicketSchedule } from "../../api/clients";
import { dateTime, t } from "../../i18n";
import { useUser } from "../../session/session";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { SCHEDULES, stateOf } from "./model";
import { inWords } from "./repeat";
import SchedulePage from "./SchedulePage";

/** Requests that are filed by themselves. */
export default function SchedulesPage() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<SchedulePage />} />
    </Routes>
  );
}

function List() {
  const list = useInfiniteQuery({
    queryKey: [...SCHEDULES, "list"],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 50, ...cursorOf(pageParam) };
      return data(tickets.GET("/api/v1/ticket-schedules/", { params: { query }, signal }));
    },
    ...paged,
    refetchInterval: 30_000,
  });
  return (
    <>
      <title>{`${t("schedules.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("schedules.title")}</h1>
        <Link to="/request-templates" className="button quiet push">
          {t("requestTemplates.title")}
        </Link>
        <Link to="/admin/schedules/new" className="button primary">
          {t("schedules.new")}
        </Link>
      </div>
      <Rows query={list} none={t("schedules.none")}>
        {(rows) => <Table rows={rows} />}
      </Rows>
    </>
  );
}

function Table({ rows }: { rows: TicketSchedule[] }) {
  const zone = useUser().time_zone;
  return (
    <div className="scroll">
      <table className="list">
        <thead>
          <tr>
            <th scope="col">{t("schedules.name")}</th>
            <th scope="col">{t("schedules.when")}</th>
            <th scope="col">{t("schedules.next")}</th>
            <th scope="col">{t("schedules.last")}</th>
            <th scope="col">{t("schedules.state")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="subject">
                <Link data-row to={`/admin/schedules/${row.id}`}>
                  {row.name}
                </Link>
              </td>
              <td>
                {inWords(row.rule, row.time)}
                {row.time_zone !== zone && <span className="muted"> {row.time_zone}</span>}
              </td>
              <td>{row.next_at ? dateTime(row.next_at, zone) : "–"}</td>
              <td>
                {row.last_ticket_number ? (
                  <Link to={`/requests/${row.last_ticket_number}`}>{row.last_ticket_number}</Link>
                ) : (
                  "–"
                )}
              </td>
              <td>
                <Badge schedule={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Badge({ schedule }: { schedule: TicketSchedule }) {
  const state = stateOf(schedule);
  return <span className={`badge schedule-${state}`}>{t(`schedules.state.${state}`)}</span>;
}
