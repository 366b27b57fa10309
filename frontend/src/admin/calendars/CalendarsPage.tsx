import { Link, Route, Routes } from "react-router";
import { plural, t } from "../../i18n";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { useCalendars } from "../workflows/queries";
import CalendarPage from "./CalendarPage";

/** Business hours and holidays, by which the times of workflows are counted. */
export default function CalendarsPage() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<CalendarPage />} />
    </Routes>
  );
}

function List() {
  const calendars = useCalendars();
  return (
    <>
      <title>{`${t("calendars.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("calendars.title")}</h1>
        <Link to="/admin/calendars/new" className="button primary push">
          {t("calendars.new")}
        </Link>
      </div>
      {calendars.isPending && <Loading />}
      {calendars.error && <ErrorNotice error={calendars.error} onRetry={() => void calendars.refetch()} />}
      {calendars.data?.length === 0 && <p className="empty">{t("calendars.none")}</p>}
      {calendars.data && calendars.data.length > 0 && (
        <div className="scroll">
          <table className="list">
            <thead>
              <tr>
                <th scope="col">{t("workflows.name")}</th>
                <th scope="col">{t("workflows.key")}</th>
                <th scope="col">{t("calendars.zone")}</th>
                <th scope="col">{t("calendars.holidays")}</th>
              </tr>
            </thead>
            <tbody>
              {calendars.data.map((calendar) => (
                <tr key={calendar.id}>
                  <td className="subject">
                    <Link to={`/admin/calendars/${calendar.id}`}>{calendar.name}</Link>
                  </td>
                  <td className="muted">{calendar.key}</td>
                  <td>{calendar.time_zone}</td>
                  <td>{plural("calendars.days", calendar.holidays.length)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
