import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { data, once, type Schemas } from "../../api/clients";
import { label, t } from "../../i18n";
import { Confirm } from "../../ui/Confirm";
import { Button } from "../../ui/controls";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Time } from "../../ui/Time";
import { useOnce } from "../../ui/useOnce";
import { clientOf, SERVICES, type Service } from "./services";
import { countOf, ServiceSwitch, useService } from "./ServiceSwitch";

type FailedJob = Schemas["FailedJobOutput"];

/** The background jobs of a service that gave up, and once more. The service stands in the address. */
export default function FailedJobsPage() {
  const service = useService(SERVICES);
  const counts = [
    useFailedJobs("auth-service"),
    useFailedJobs("ticket-service"),
    useFailedJobs("workflow-api"),
    useFailedJobs("messaging"),
    useFailedJobs("notification-service"),
  ].map((list) => countOf(list.data));
  return (
    <>
      <title>{`${t("jobs.title")} · ${t("app.name")}`}</title>
      <h1>{t("jobs.title")}</h1>
      <p className="muted">{t("jobs.hint")}</p>
      <ServiceSwitch names={SERVICES} counts={counts} />
      <List key={service} service={service} />
    </>
  );
}

function useFailedJobs(service: Service) {
  return useInfiniteQuery({
    queryKey: ["failed-jobs", service],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 25, ...cursorOf(pageParam) };
      return data(clientOf(service).GET("/api/v1/failed-jobs/", { params: { query }, signal }));
    },
    ...paged,
    refetchInterval: 15_000,
  });
}

function List({ service }: { service: Service }) {
  const list = useFailedJobs(service);
  const [asked, setAsked] = useState<FailedJob | null>(null);
  const retry = useOnce(
    (key: string, { id }: FailedJob) =>
      clientOf(service).POST("/api/v1/failed-jobs/{id}/retry/", { params: { path: { id }, header: once(key) } }),
    [["failed-jobs", service]],
  );
  return (
    <>
      <Rows query={list} none={t("jobs.none")}>
        {(rows) => <JobTable rows={rows} onAsk={setAsked} />}
      </Rows>
      {asked && (
        <Confirm
          title={t("jobs.retry")}
          action={t("jobs.retry")}
          look="primary"
          run={retry}
          body={asked}
          onClose={() => setAsked(null)}
        >
          <p>{t("jobs.confirm", { kind: label("jobs.kind", asked.kind), service })}</p>
        </Confirm>
      )}
    </>
  );
}

function JobTable({ rows, onAsk }: { rows: FailedJob[]; onAsk: (job: FailedJob) => void }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{t("jobs.what")}</th>
          <th scope="col">{t("jobs.why")}</th>
          <th scope="col">{t("jobs.since")}</th>
          <th scope="col">{t("jobs.request")}</th>
          <th scope="col">{t("jobs.actions")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((job) => (
          <tr key={job.id}>
            <td>{label("jobs.kind", job.kind)}</td>
            <td>{t("jobs.error", { error: job.error, n: job.attempts })}</td>
            <td>
              <Time at={job.created_at} />
            </td>
            <td className="detail muted">{job.request_id || "–"}</td>
            <td>
              <Button
                look="quiet"
                aria-label={t("jobs.retryNamed", { kind: label("jobs.kind", job.kind), id: job.id })}
                onClick={() => onAsk(job)}
              >
                {t("jobs.retry")}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
