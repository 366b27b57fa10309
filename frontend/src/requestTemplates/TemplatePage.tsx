import type { SubmitEvent } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { data, once, tickets, type Category, type Priority, type RequestTemplate } from "../api/clients";
import { ProblemError } from "../api/problem";
import { useDraft } from "../drafts/store";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { CategoryFields } from "../tickets/CategoryFields";
import { filled, type FieldValues } from "../tickets/CustomFields";
import { useCategories } from "../tickets/queries";
import { DescriptionField, PriorityField } from "../tickets/TicketFields";
import { Button, TextField } from "../ui/controls";
import { ErrorNotice, Loading } from "../ui/feedback";
import { NotFound } from "../ui/NotFound";
import { Stale } from "../ui/Stale";
import { useOnce } from "../ui/useOnce";
import { TEMPLATES, useRequestTemplates } from "./queries";

interface Form {
  name: string;
  is_shared: boolean;
  is_offered: boolean;
  category: string;
  sub_category: string;
  custom_fields: FieldValues;
  subject: string;
  description: string;
  priority: Priority | "";
  department: string;
  /** As they are typed. */
  tags: string;
  version: number;
}

/** One template, or a new one. */
export default function TemplatePage() {
  const { id = "" } = useParams();
  const templates = useRequestTemplates();
  const categories = useCategories();
  if (templates.isPending || categories.isPending) return <Loading />;
  if (!templates.data) return <ErrorNotice error={templates.error} onRetry={() => void templates.refetch()} />;
  if (!categories.data) return <ErrorNotice error={categories.error} onRetry={() => void categories.refetch()} />;
  const found = templates.data.find((one) => one.id === id);
  if (!found && id !== "new") return <NotFound />;
  return <Editor key={id} template={found ?? null} categories={categories.data} />;
}

function Editor({ template, categories }: { template: RequestTemplate | null; categories: Category[] }) {
  const navigate = useNavigate();
  const draft = useDraft<Form>(`request-template.${template?.id ?? "new"}`, formOf(template));
  const form = draft.value;
  const isStale = template !== null && template.version !== form.version;
  const save = useSave(template, form, categories);

  function leave() {
    draft.clear();
    void navigate("/request-templates");
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: leave });
  }

  const title = template?.name ?? t("requestTemplates.new");
  return (
    <>
      <title>{`${title} · ${t("app.name")}`}</title>
      <p className="small">
        <Link to="/request-templates">{t("requestTemplates.title")}</Link>
      </p>
      <h1>{title}</h1>
      <form className="card stack narrow" onSubmit={submit}>
        {isStale && (
          <Stale
            theirs={<Summary template={template} />}
            onKeepMine={() => draft.set({ version: template.version })}
            onTakeTheirs={() => draft.set(formOf(template))}
          />
        )}
        <Fields form={form} categories={categories} error={save.error} onChange={draft.set} />
        {save.error && <ErrorNotice error={save.error} />}
        <div className="row end">
          <span className="muted small">{draft.isRestored && t("edit.restored")}</span>
          <Button look="quiet" onClick={leave}>
            {t("edit.discard")}
          </Button>
          <Button type="submit" look="primary" busy={save.isPending} disabled={isStale}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </>
  );
}

function useSave(template: RequestTemplate | null, form: Form, categories: Category[]) {
  const work = (key: string) => {
    const { version, tags, ...fields } = form;
    const kind = categories.find((one) => one.slug === form.category);
    const body = {
      ...fields,
      tags: tags.split(/[\s,]+/).filter(Boolean),
      custom_fields: filled(kind?.custom_fields ?? [], form.custom_fields),
    };
    if (!template) return data(tickets.POST("/api/v1/ticket-templates/", { params: { header: once(key) }, body }));
    const params = { path: { id: template.id }, header: { "If-Match": `"${version}"` } };
    return data(tickets.PATCH("/api/v1/ticket-templates/{id}/", { params, body }));
  };
  return useOnce(work, [TEMPLATES], `request-template.${template?.id ?? "new"}`);
}

interface FieldsProps {
  form: Form;
  categories: Category[];
  error: unknown;
  onChange: (change: Partial<Form>) => void;
}

function Fields({ form, categories, error, onChange }: FieldsProps) {
  const faults = error instanceof ProblemError ? (error.problem.errors ?? []) : [];
  const wrong = (field: string) =>
    faults.find((fault) => fault.field === field || fault.field.startsWith(`${field}.`))?.detail;
  return (
    <>
      <TextField
        label={t("requestTemplates.name")}
        hint={t("requestTemplates.nameHint")}
        required
        maxLength={100}
        value={form.name}
        error={wrong("name")}
        onChange={(name) => onChange({ name })}
      />
      <Audience form={form} onChange={onChange} />
      <p className="muted">{t("requestTemplates.empty")}</p>
      <CategoryFields categories={categories} value={form} errorOf={wrong} optional onChange={onChange} />
      <TextField
        label={t("new.subject")}
        optional
        maxLength={200}
        value={form.subject}
        error={wrong("subject")}
        onChange={(subject) => onChange({ subject })}
      />
      <DescriptionField
        hint={t("new.descriptionHint")}
        optional
        error={wrong("description")}
        value={form.description}
        onChange={(description) => onChange({ description })}
      />
      <PriorityField
        label={t("new.priority")}
        none={t("requestTemplates.leftOpen")}
        error={wrong("priority")}
        value={form.priority}
        onChange={(priority) => onChange({ priority })}
      />
      <TextField
        label={t("requestTemplates.department")}
        optional
        maxLength={100}
        value={form.department}
        error={wrong("department")}
        onChange={(department) => onChange({ department })}
      />
      <TextField
        label={t("requestTemplates.tags")}
        hint={t("requestTemplates.tagsHint")}
        optional
        value={form.tags}
        error={wrong("tags")}
        onChange={(tags) => onChange({ tags })}
      />
    </>
  );
}

/** For whom it is. What is offered to everybody is the desk's. */
function Audience({ form, onChange }: Pick<FieldsProps, "form" | "onChange">) {
  if (!isCoordinator(useUser())) return null;
  return (
    <>
      <label className="check">
        <input
          type="checkbox"
          checked={form.is_shared}
          onChange={({ target }) => onChange({ is_shared: target.checked, is_offered: false })}
        />
        {t("requestTemplates.isShared")}
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={form.is_offered}
          onChange={({ target }) =>
            onChange({ is_offered: target.checked, is_shared: form.is_shared || target.checked })
          }
        />
        {t("requestTemplates.isOffered")}
      </label>
    </>
  );
}

function Summary({ template }: { template: RequestTemplate }) {
  return (
    <dl className="facts">
      <dt>{t("requestTemplates.name")}</dt>
      <dd>{template.name}</dd>
      <dt>{t("new.subject")}</dt>
      <dd>{template.subject || "–"}</dd>
      <dt>{t("new.description")}</dt>
      <dd className="words">{template.description || "–"}</dd>
    </dl>
  );
}

const EMPTY: Form = {
  ...{ name: "", is_shared: false, is_offered: false, category: "", sub_category: "", custom_fields: {} },
  ...{ subject: "", description: "", priority: "", department: "", tags: "", version: 0 },
};

function formOf(template: RequestTemplate | null): Form {
  if (!template) return EMPTY;
  const { name, is_shared, is_offered, category, sub_category, custom_fields } = template;
  const { subject, description, priority, department, tags, version } = template;
  return {
    ...{ name, is_shared, is_offered, category, sub_category, custom_fields: custom_fields as FieldValues },
    ...{ subject, description, priority, department, tags: tags.join(" "), version },
  };
}
