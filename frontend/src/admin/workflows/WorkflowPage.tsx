import { useMemo, useState } from "react";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import { once, workflow } from "../../api/clients";
import { plural, t } from "../../i18n";
import { Confirm } from "../../ui/Confirm";
import { Button } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { Time } from "../../ui/Time";
import { useOnce } from "../../ui/useOnce";
import { definitionOf, drawingOf } from "../../workflows/definition";
import WorkflowGraph from "../../workflows/WorkflowGraph";
import { Migration } from "./Migration";
import { loaded, useVersion, useVersions, type Version } from "./queries";
import { NewDialog, Serves, VersionStatus } from "./WorkflowsPage";

type Row = NonNullable<ReturnType<typeof useVersions>["data"]>[number];

/** One workflow: its picture, its versions, and what may be done with it. */
export default function WorkflowPage() {
  const { id = "" } = useParams();
  const versions = useVersions(id);
  const rows = versions.data;
  const shown = rows?.find((row) => row.status === "published") ?? rows?.[0];
  if (versions.isPending) return <Loading />;
  if (!shown) return <ErrorNotice error={versions.error} onRetry={() => void versions.refetch()} />;
  return <Known id={id} rows={rows ?? []} shown={shown} />;
}

function Known({ id, rows, shown }: { id: string; rows: Row[]; shown: Row }) {
  const version = useVersion(id, shown.version);
  const isLeft = (useLocation().state as { isLeft?: boolean } | null)?.isLeft;
  return (
    <>
      <title>{`${shown.name} · ${t("app.name")}`}</title>
      <p>
        <Link to="/admin/workflows">{t("workflows.title")}</Link>
      </p>
      <div className="heading">
        <h1>{shown.name}</h1>
        <VersionStatus status={shown.status} />
      </div>
      {isLeft && (
        <p className="notice conflict" role="alert">
          {t("publish.left")}
        </p>
      )}
      {version.data && <Actions rows={rows} version={version.data.version} />}
      {version.error && <ErrorNotice error={version.error} onRetry={() => void version.refetch()} />}
      <div className="columns">
        <div>
          {version.isPending && <Loading />}
          {version.data && <Shown version={version.data.version} />}
        </div>
        <aside>
          <Versions id={id} rows={rows} />
        </aside>
      </div>
    </>
  );
}

/** What a version says, to look at. */
export function Shown({ version }: { version: Version }) {
  const graph = useMemo(() => drawingOf(definitionOf(version), version.faults, "High"), [version]);
  return (
    <section className="card stack" aria-labelledby="picture">
      <h2 id="picture">{t("workflows.version", { n: version.number })}</h2>
      {version.description && <p className="words">{version.description}</p>}
      <p className="muted">
        {t("workflows.serves")}: <Serves of={version} />
      </p>
      <WorkflowGraph graph={graph} name={version.name} />
      <p className="muted small">{t("workflows.timesOfHigh")}</p>
    </section>
  );
}

function Versions({ id, rows }: { id: string; rows: Row[] }) {
  return (
    <section className="card" aria-labelledby="versions">
      <h2 id="versions">{t("workflows.versions")}</h2>
      <ul className="versions">
        {rows.map((row) => (
          <li key={row.version}>
            <Link to={`/admin/workflows/${id}/versions/${row.version}`}>
              {t("workflows.version", { n: row.version })}
            </Link>{" "}
            <VersionStatus status={row.status} />
            <p className="muted small">
              {plural("workflows.running", row.running)} ·{" "}
              {row.published_at ? (
                <>
                  {t("workflows.published")} <Time at={row.published_at} />
                </>
              ) : (
                <>
                  {t("workflows.begun")} <Time at={row.created_at} />
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Actions({ rows, version }: { rows: Row[]; version: Version }) {
  const navigate = useNavigate();
  const [asked, setAsked] = useState<"retire" | "copy" | "migrate" | null>(null);
  const { id } = version;
  const draft = rows.find((row) => row.status === "draft");
  const published = rows.find((row) => row.status === "published");
  const isElsewhere = rows.some((row) => row.running > 0 && row.version !== published?.version);
  const begin = useOnce(
    async (key: string) =>
      loaded(await workflow.POST("/api/v1/workflows/{id}/versions/", { params: { path: { id }, header: once(key) } })),
    [["workflows"]],
  );
  const retire = useOnce(
    (key: string) =>
      workflow.POST("/api/v1/workflows/{id}/retirement/", { params: { path: { id }, header: once(key) } }),
    [["workflows"]],
  );
  const close = () => setAsked(null);
  const edit = (number: number) => void navigate(`/admin/workflows/${id}/versions/${number}`);
  return (
    <>
      <div className="row">
        {draft ? (
          <Button look="primary" onClick={() => edit(draft.version)}>
            {t("workflows.goOn", { n: draft.version })}
          </Button>
        ) : (
          <Button
            look="primary"
            busy={begin.isPending}
            onClick={() => begin.mutate(undefined, { onSuccess: (next) => edit(next.version.number) })}
          >
            {t("workflows.change")}
          </Button>
        )}
        <Button onClick={() => setAsked("copy")}>{t("workflows.duplicate")}</Button>
        {published && isElsewhere && <Button onClick={() => setAsked("migrate")}>{t("migrate.title")}</Button>}
        {published && (
          <Button look="danger" onClick={() => setAsked("retire")}>
            {t("workflows.retire")}
          </Button>
        )}
      </div>
      {begin.error && <ErrorNotice error={begin.error} />}
      {asked === "copy" && <NewDialog title={t("workflows.duplicate")} copy={definitionOf(version)} onClose={close} />}
      {asked === "migrate" && published && <Migration id={id} to={published.version} onClose={close} />}
      {asked === "retire" && (
        <Confirm
          title={t("workflows.retireNamed", { name: version.name })}
          action={t("workflows.retire")}
          run={retire}
          body={undefined}
          onClose={close}
        >
          <p>{t("workflows.retireText")}</p>
        </Confirm>
      )}
    </>
  );
}
