import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { data, tickets, type TicketSchedule } from "../../api/clients";
import { dateTime, t } from "../../i18n";
import { useUser } from "../../session/session";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Status } from "../../ui/Status";
import { SCHEDULES } from "./model";

/** The requests that a schedule has filed, newest first. */
export function Filed({ schedule }: { schedule: TicketSchedule }) {
  const zone = useUser().time_zone;
  const filed = useInfiniteQuery({
    queryKey: [...SCHEDULES, "filed", schedule.id, schedule.last_ticket_number],
    queryFn: ({ pageParam, signal }) => {
      const params = { path: { id: schedule.id }, query: { limit: 10, ...cursorOf(pageParam) } };
      return data(tickets.GET("/api/v1/ticket-schedules/{id}/tickets/", { params, signal }));
    },
    ...paged,
  });
  return (
    <section className="card stack" aria-labelledby="filed">
      <h2 id="filed">{t("schedules.filed")}</h2>
      <Rows query={filed} none={t("schedules.filedNone")}>
        {(rows) => (
          <ul className="occurrences">
            {rows.map(({ ticket, occurrence_at }) => (
              <li key={ticket.id}>
                <Link to={`/requests/${ticket.number}`}>{ticket.number}</Link>
                <time dateTime={occurrence_at}>{dateTime(occurrence_at, zone)}</time>
                <Status value={ticket.status} />
              </li>
            ))}
          </ul>
        )}
      </Rows>
    </section>
  );
}
