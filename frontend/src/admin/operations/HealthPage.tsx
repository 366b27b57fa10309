import { useQueryClient } from "@tanstack/react-query";
import { label, plural, t } from "../../i18n";
import { Button } from "../../ui/controls";
import { Loading } from "../../ui/feedback";
import { Time } from "../../ui/Time";
import { SERVICES, useHealth, type Health } from "./health";

/** Whether each service is well, and if not, what it lacks; asked again every ten seconds. */
export default function HealthPage() {
  const queries = useQueryClient();
  const answers = useHealth();
  const worst = answers.filter(({ data, isPending }) => !isPending && data?.status !== "pass").length;
  const asked = Math.max(...answers.map((one) => one.dataUpdatedAt));
  return (
    <>
      <title>{`${t("health.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("health.title")}</h1>
        <Button
          className="push"
          busy={answers.some((one) => one.isFetching)}
          onClick={() => void queries.invalidateQueries({ queryKey: ["health"] })}
        >
          {t("health.again")}
        </Button>
      </div>
      <p role="status">{worst === 0 ? t("health.allWell") : plural("health.notWell", worst)}</p>
      {asked > 0 && (
        <p className="muted small">
          {t("health.asked")} <Time at={new Date(asked).toISOString()} />
        </p>
      )}
      <ul className="cards">
        {SERVICES.map(({ name }, at) => {
          const answer = answers[at];
          return (
            <li key={name} className="card">
              <h2>{name}</h2>
              {answer?.isPending ? <Loading /> : <State health={answer?.data ?? null} />}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function State({ health }: { health: Health | null }) {
  if (!health) return <p className="health-fail">✕ {t("health.away")}</p>;
  return (
    <>
      <p className={`health-${health.status}`}>
        {SIGNS[health.status]} {t(`health.${health.status}`)}
      </p>
      {health.notes?.map((note) => (
        <p key={note}>{label("health.note", note)}</p>
      ))}
      <dl className="facts">
        {Object.entries(health.checks).map(([name, [check]]) => (
          <Check key={name} name={name} status={check?.status ?? "fail"} />
        ))}
        <dt>{t("health.version")}</dt>
        <dd>{health.version || "–"}</dd>
      </dl>
    </>
  );
}

const SIGNS: Record<string, string> = { pass: "✓", warn: "▲", fail: "✕" };

function Check({ name, status }: { name: string; status: string }) {
  return (
    <>
      <dt>{label("health.check", name)}</dt>
      <dd className={`health-${status}`}>
        {SIGNS[status]} {label("health", status)}
        {status !== "pass" && <span className="small why-not"> {label("health.why", name)}</span>}
      </dd>
    </>
  );
}
