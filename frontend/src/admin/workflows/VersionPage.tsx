import { Link, useParams } from "react-router";
import { t } from "../../i18n";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { Editor } from "./Editor";
import { useVersion } from "./queries";
import { Shown } from "./WorkflowPage";
import { VersionStatus } from "./WorkflowsPage";

/** One version: a draft under one's hands, or what another says. */
export default function VersionPage() {
  const { id = "", number = "" } = useParams();
  const found = useVersion(id, Number(number));
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />;
  const { version } = found.data;
  return (
    <>
      <title>{`${version.name} ${version.number} · ${t("app.name")}`}</title>
      <p className="row">
        <Link to="/admin/workflows">{t("workflows.title")}</Link> /{" "}
        <Link to={`/admin/workflows/${id}`}>{version.name}</Link>
      </p>
      <div className="heading">
        <h1>{t("workflows.versionOf", { name: version.name, n: version.number })}</h1>
        <VersionStatus status={version.status} />
      </div>
      {version.status === "draft" ? (
        <Editor key={`${id}.${number}`} server={found.data} />
      ) : (
        <Shown version={version} />
      )}
    </>
  );
}
