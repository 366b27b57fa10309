import { useState } from "react";
import { Link, Route, Routes } from "react-router";
import { tickets, type RequestTemplate, type User } from "../api/clients";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { useCategories } from "../tickets/queries";
import { Confirm } from "../ui/Confirm";
import { Button } from "../ui/controls";
import { ErrorNotice, Loading } from "../ui/feedback";
import { useOnce } from "../ui/useOnce";
import { TEMPLATES, useRequestTemplates } from "./queries";
import TemplatePage from "./TemplatePage";

/** What requests begin with: one's own, the desk's, and those that are offered to everybody. */
export default function RequestTemplatesPage() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<TemplatePage />} />
    </Routes>
  );
}

function List() {
  const templates = useRequestTemplates();
  return (
    <>
      <title>{`${t("requestTemplates.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("requestTemplates.title")}</h1>
        <Link to="/request-templates/new" className="button primary push">
          {t("requestTemplates.new")}
        </Link>
      </div>
      <p className="muted">{t("requestTemplates.hint")}</p>
      {templates.isPending && <Loading />}
      {templates.error && <ErrorNotice error={templates.error} onRetry={() => void templates.refetch()} />}
      {templates.data?.length === 0 && <p className="empty">{t("requestTemplates.none")}</p>}
      <ul className="replies">
        {templates.data?.map((template) => (
          <Row key={template.id} template={template} />
        ))}
      </ul>
    </>
  );
}

function Row({ template }: { template: RequestTemplate }) {
  const user = useUser();
  const [isAsked, setAsked] = useState(false);
  const category = useCategories().data?.find((one) => one.slug === template.category);
  return (
    <li className="card stack">
      <div className="heading">
        <h2>{template.name}</h2>
        <span className="tag">{t(`requestTemplates.${audienceOf(template)}`)}</span>
        {mayChange(template, user) && (
          <div className="row push">
            <Link
              to={`/request-templates/${template.id}`}
              className="button quiet"
              aria-label={t("action.editNamed", { name: template.name })}
            >
              {t("action.edit")}
            </Link>
            <Button
              look="quiet"
              aria-label={t("action.deleteNamed", { name: template.name })}
              onClick={() => setAsked(true)}
            >
              {t("action.delete")}
            </Button>
          </div>
        )}
      </div>
      <p className="muted">
        {[category?.name, template.subject].filter(Boolean).join(" · ")}
        {category && !category.is_active && <span className="field-error"> {t("requestTemplates.retired")}</span>}
      </p>
      {isAsked && <Deletion template={template} onClose={() => setAsked(false)} />}
    </li>
  );
}

function audienceOf({ is_shared, is_offered }: RequestTemplate): "own" | "shared" | "offered" {
  if (is_offered) return "offered";
  return is_shared ? "shared" : "own";
}

export function mayChange(template: RequestTemplate, user: User): boolean {
  return template.is_shared ? isCoordinator(user) : template.owner_id === user.id;
}

function Deletion({ template, onClose }: { template: RequestTemplate; onClose: () => void }) {
  const remove = useOnce(
    () => tickets.DELETE("/api/v1/ticket-templates/{id}/", { params: { path: { id: template.id } } }),
    [TEMPLATES],
  );
  return (
    <Confirm
      title={t("requestTemplates.delete", { name: template.name })}
      action={t("action.delete")}
      run={remove}
      body={undefined}
      onClose={onClose}
    >
      <p>{template.is_shared ? t("requestTemplates.deleteShared") : t("requestTemplates.deleteOwn")}</p>
    </Confirm>
  );
}
