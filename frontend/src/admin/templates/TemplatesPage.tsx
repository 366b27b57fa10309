import { useQuery } from "@tanstack/react-query";
import { Link, Route, Routes } from "react-router";
import { data, notifications } from "../../api/clients";
import { label, t } from "../../i18n";
import { ErrorNotice, Loading } from "../../ui/feedback";
import TemplatePage from "./TemplatePage";

/** The words of every notice on every channel; each has a page of its own. */
export default function TemplatesPage() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":key/:channel" element={<TemplatePage />} />
    </Routes>
  );
}

function List() {
  const templates = useQuery({
    queryKey: ["templates", "list"],
    queryFn: ({ signal }) => data(notifications.GET("/api/v1/templates/", { signal })),
  });
  return (
    <>
      <title>{`${t("templates.title")} · ${t("app.name")}`}</title>
      <h1>{t("templates.title")}</h1>
      {templates.isPending && <Loading />}
      {templates.error && <ErrorNotice error={templates.error} onRetry={() => void templates.refetch()} />}
      {templates.data && (
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t("templates.kind")}</th>
              <th scope="col">{t("templates.channel")}</th>
              <th scope="col">{t("templates.subject")}</th>
              <th scope="col">{t("templates.version")}</th>
            </tr>
          </thead>
          <tbody>
            {templates.data.results.map(({ key, channel, subject, version }) => (
              <tr key={key + channel}>
                <td>
                  <Link data-row to={`/admin/templates/${key}/${channel}`}>
                    {label("kind", key)}
                  </Link>
                </td>
                <td>{label("channel", channel)}</td>
                <td className="subject muted">{subject}</td>
                <td>{version === 0 ? <span className="muted">{t("templates.default")}</span> : version}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
