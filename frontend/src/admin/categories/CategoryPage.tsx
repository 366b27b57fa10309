import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { data, once, tickets, type CategoryDetail } from "../../api/clients";
import { ProblemError } from "../../api/problem";
import { useDraft } from "../../drafts/store";
import { t } from "../../i18n";
import { CustomFields, type FieldValues } from "../../tickets/CustomFields";
import { Button, TextField } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { Stale } from "../../ui/Stale";
import { useOnce } from "../../ui/useOnce";
import { FieldRows, SubCategoryRows } from "./CategoryRows";
import { fieldsOf, formOf, keyOf, NEW_CATEGORY, type Form } from "./model";

/** One category, or a new one: its names, its sub-categories and its fields, beside the form that they make. */
export default function CategoryPage() {
  const { slug } = useParams();
  const category = useQuery({
    queryKey: ["categories", "one", slug],
    queryFn: ({ signal }) =>
      data(tickets.GET("/api/v1/categories/{slug}/", { params: { path: { slug: slug ?? "" } }, signal })),
    enabled: slug !== undefined,
  });
  if (!slug) return <Editor key="new" category={null} />;
  if (category.isPending) return <Loading />;
  if (!category.data) return <ErrorNotice error={category.error} onRetry={() => void category.refetch()} />;
  return <Editor key={slug} category={category.data} />;
}

function Editor({ category }: { category: CategoryDetail | null }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const draft = useDraft<Form>(`category.${category?.slug ?? "new"}`, category ? formOf(category) : NEW_CATEGORY);
  const form = draft.value;
  const isStale = category !== null && category.version !== form.version;
  const [isSaved, setSaved] = useState(false);
  const save = useSave(category, form);
  const errorOf = (field: string) => (save.error instanceof ProblemError ? save.error.of(field) : undefined);
  const set = (change: Partial<Form>) => {
    setSaved(false);
    draft.set(change);
  };

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(undefined, {
      onSuccess: (stored) => {
        draft.clear();
        queries.setQueryData(["categories", "one", stored.slug], stored);
        if (category) {
          draft.set(formOf(stored));
          setSaved(true);
        } else void navigate("/admin/categories");
      },
    });
  }

  const title = category?.name ?? t("categories.new");
  return (
    <>
      <title>{`${title} · ${t("app.name")}`}</title>
      <p className="small">
        <Link to="/admin/categories">{t("categories.title")}</Link>
      </p>
      <h1>{title}</h1>
      <div className="columns">
        <form className="card stack" onSubmit={submit}>
          {isStale && (
            <Stale
              theirs={<Summary category={category} />}
              onKeepMine={() => draft.set({ version: category.version })}
              onTakeTheirs={() => draft.set(formOf(category))}
            />
          )}
          <TextField
            label={t("categories.name")}
            required
            maxLength={100}
            value={form.name}
            error={errorOf("name")}
            onChange={(name) => set(slugged(form, name, category === null))}
          />
          <TextField
            label={t("categories.slug")}
            hint={t("categories.slugHint")}
            required
            readOnly={category !== null}
            maxLength={64}
            pattern="[-a-zA-Z0-9_]+"
            value={form.slug}
            error={errorOf("slug")}
            onChange={(slug) => set({ slug })}
          />
          {category && (
            <label className="check">
              <input
                type="checkbox"
                checked={form.is_active}
                onChange={(event) => set({ is_active: event.target.checked })}
              />
              {t("categories.active")}
            </label>
          )}
          <SubCategoryRows rows={form.sub_categories} onChange={(sub_categories) => set({ sub_categories })} />
          <FieldRows rows={form.custom_fields} onChange={(custom_fields) => set({ custom_fields })} />
          {save.error && <ErrorNotice error={save.error} />}
          <p role="status">{isSaved && t("categories.saved")}</p>
          <div className="row end">
            <Button look="quiet" onClick={() => (category ? set(formOf(category)) : draft.clear())}>
              {t("edit.discard")}
            </Button>
            <Button type="submit" look="primary" busy={save.isPending} disabled={isStale}>
              {t("action.save")}
            </Button>
          </div>
        </form>
        <Preview form={form} />
      </div>
    </>
  );
}

function useSave(category: CategoryDetail | null, form: Form) {
  const { slug, name, is_active, sub_categories, version } = form;
  const work = (key: string) => {
    const body = { name, is_active, sub_categories, custom_fields: fieldsOf(form) };
    if (!category) {
      const header = once(key);
      return data(tickets.POST("/api/v1/categories/", { params: { header }, body: { slug, ...body } }));
    }
    const params = { path: { slug: category.slug }, header: { "If-Match": `"${version}"` } };
    return data(tickets.PATCH("/api/v1/categories/{slug}/", { params, body }));
  };
  return useOnce(work, [["categories"]], `category.${category?.slug ?? "new"}`);
}

/** The short name follows the name of a new category until it is written by hand. */
function slugged(form: Form, name: string, isNew: boolean): Partial<Form> {
  const follows = isNew && form.slug === keyOf(form.name, "-");
  return follows ? { name, slug: keyOf(name, "-") } : { name };
}

function Summary({ category }: { category: CategoryDetail }) {
  const names = (rows: { name: string; label?: string }[]) =>
    rows.map((row) => row.label ?? row.name).join(", ") || "–";
  return (
    <dl className="facts">
      <dt>{t("categories.name")}</dt>
      <dd>{category.name}</dd>
      <dt>{t("categories.subs")}</dt>
      <dd>{names(category.sub_categories)}</dd>
      <dt>{t("categories.fields")}</dt>
      <dd>{names(category.custom_fields)}</dd>
    </dl>
  );
}

/** The further fields as who files a request sees them; to be tried, and kept nowhere. */
function Preview({ form }: { form: Form }) {
  const [values, setValues] = useState<FieldValues>({});
  const fields = fieldsOf(form).map((field, at) => ({
    ...field,
    name: field.name || `field_${at}`,
    label: field.label || t("categories.unnamed"),
  }));
  return (
    <aside>
      <section className="card stack" aria-labelledby="preview">
        <h2 id="preview">{t("categories.preview")}</h2>
        {fields.length === 0 && <p className="muted">{t("categories.preview.none")}</p>}
        <CustomFields fields={fields} values={values} errorOf={() => undefined} onChange={setValues} />
      </section>
    </aside>
  );
}
