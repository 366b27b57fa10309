import { lazy, useState, type SubmitEvent } from "react";
import { Link, Route, Routes, useNavigate } from "react-router";
import { once, workflow } from "../../api/clients";
import { label, t } from "../../i18n";
import { ProblemError } from "../../api/problem";
import { useCategoryName } from "../../tickets/queries";
import { Button, Dialog, TextField } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { NotFound } from "../../ui/NotFound";
import { useOnce } from "../../ui/useOnce";
import { beginning, slug, type Definition } from "../../workflows/definition";
import { loaded, useWorkflows } from "./queries";
import { FormEnd } from "../../ui/FormEnd";

const WorkflowPage = lazy(() => import("./WorkflowPage"));
const VersionPage = lazy(() => import("./VersionPage"));
const TryPage = lazy(() => import("./TryPage"));

/** Definitions of workflows: which there are, what each version says, and who would get a ticket. */
export default function WorkflowsPage() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path="try" element={<TryPage />} />
      <Route path=":id" element={<WorkflowPage />} />
      <Route path=":id/versions/:number" element={<VersionPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}

function List() {
  const rows = useWorkflows();
  const [isNew, setNew] = useState(false);
  return (
    <>
      <title>{`${t("workflows.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("workflows.title")}</h1>
        <Link className="button push" to="/admin/workflows/try">
          {t("try.title")}
        </Link>
        <Button look="primary" onClick={() => setNew(true)}>
          {t("workflows.new")}
        </Button>
      </div>
      {rows.isPending && <Loading />}
      {rows.error && <ErrorNotice error={rows.error} onRetry={() => void rows.refetch()} />}
      {rows.data?.length === 0 && <p className="empty">{t("workflows.none")}</p>}
      {rows.data && rows.data.length > 0 && (
        <div className="scroll">
          <table className="list">
            <thead>
              <tr>
                <th scope="col">{t("workflows.name")}</th>
                <th scope="col">{t("workflows.serves")}</th>
                <th scope="col">{t("workflows.newest")}</th>
                <th scope="col">{t("workflows.status")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.data.map((row) => (
                <tr key={row.id}>
                  <td className="subject">
                    <Link to={`/admin/workflows/${row.id}`}>{row.name}</Link>
                  </td>
                  <td>
                    <Serves of={row} />
                  </td>
                  <td>{row.version}</td>
                  <td>
                    <VersionStatus status={row.status} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isNew && <NewDialog title={t("workflows.new")} onClose={() => setNew(false)} />}
    </>
  );
}

export function VersionStatus({ status }: { status: string }) {
  return <span className={`badge version-${status}`}>{label("version", status)}</span>;
}

interface Served {
  category: string;
  sub_category: string;
  department: string;
  is_catch_all: boolean;
}

/** Which tickets it takes, in a few words. */
export function Serves({ of: { category, sub_category, department, is_catch_all } }: { of: Served }) {
  const name = useCategoryName(category);
  if (is_catch_all) return t("workflows.catchAll");
  return [category ? name : t("workflows.anyCategory"), sub_category, department].filter(Boolean).join(" · ");
}

interface NewProps {
  title: string;
  /** What it says; a step that ends unless given. */
  copy?: Definition;
  onClose: () => void;
}

/** Asks for the name and the key that stays, and goes to the draft. */
export function NewDialog({ title, copy, onClose }: NewProps) {
  const navigate = useNavigate();
  const [name, setName] = useState(copy ? t("workflows.copyOf", { name: copy.name }) : "");
  const [typed, setKey] = useState<string | null>(null);
  const key = typed ?? slug(name);
  const create = useOnce(
    async (idempotency: string) => {
      const body = { ...(copy ?? beginning(name, t("edit.firstStep"), t("edit.firstWay"))), name, key };
      return loaded(await workflow.POST("/api/v1/workflows/", { params: { header: once(idempotency) }, body }));
    },
    [["workflows"]],
  );
  const errorOf = (field: string) => (create.error instanceof ProblemError ? create.error.of(field) : undefined);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    create.mutate(undefined, {
      onSuccess: ({ version }) => void navigate(`/admin/workflows/${version.id}/versions/${version.number}`),
    });
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t("workflows.name")}
          required
          maxLength={120}
          value={name}
          error={errorOf("name")}
          onChange={setName}
        />
        <TextField
          label={t("workflows.key")}
          hint={t("workflows.keyHint")}
          required
          maxLength={64}
          pattern="[-a-zA-Z0-9_]+"
          value={key}
          error={errorOf("key")}
          onChange={setKey}
        />
        <FormEnd run={create} action={t("workflows.create")} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
