import type { SubmitEvent } from "react";
import { data, once, tickets, type Macro, type Priority } from "../api/clients";
import { ProblemError } from "../api/problem";
import { useDraft } from "../drafts/store";
import { label, t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { PRIORITIES, useCategories } from "../tickets/queries";
import { Dialog, Field, TextField } from "../ui/controls";
import { FormEnd } from "../ui/FormEnd";
import { Stale } from "../ui/Stale";
import { useOnce } from "../ui/useOnce";
import { ReplyFields } from "./ReplyFields";
import { actionsInWords } from "./inWords";
import { Lines } from "./Lines";
import { actionsOf, formOf, STATUSES, takesReason, type MacroForm } from "./model";
import { useMacros } from "./queries";

export interface Part {
  form: MacroForm;
  set: (change: Partial<MacroForm>) => void;
  errorOf: (field: string) => string | undefined;
}

/** A macro's form: what is left empty, the macro leaves as it is. */
export function MacroEditor({ macro, onClose }: { macro: Macro | null; onClose: () => void }) {
  const user = useUser();
  const place = `macro.${macro?.id ?? "new"}`;
  const draft = useDraft<MacroForm>(place, formOf(macro));
  const form = draft.value;
  const now = useMacros().data?.find((one) => one.id === macro?.id);
  const isStale = now !== undefined && now.version !== form.version;
  const categories = useCategories().data ?? [];
  const done = () => {
    draft.clear();
    onClose();
  };
  const save = useOnce((key: string) => saved(macro, form, key), [["macros"]], place);
  const faults = save.error instanceof ProblemError ? (save.error.problem.errors ?? []) : [];
  // Of a list, the entry that is wrong stands behind the list's name.
  const errorOf = (field: string) =>
    faults.find((fault) => fault.field === field || fault.field.startsWith(`${field}.`))?.detail;
  const part: Part = { form, set: draft.set, errorOf };

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: done });
  }

  return (
    <Dialog title={macro ? t("macros.edit") : t("macros.new")} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {isStale && (
          <Stale
            theirs={<Lines lines={actionsInWords(now.actions, categories)} />}
            onKeepMine={() => draft.set({ version: now.version })}
            onTakeTheirs={done}
          />
        )}
        <TextField
          label={t("macros.name")}
          required
          maxLength={100}
          value={form.name}
          error={errorOf("name")}
          onChange={(name) => draft.set({ name })}
        />
        <Fields {...part} />
        <ReplyFields {...part} />
        {isCoordinator(user) && (
          <label className="check">
            <input
              type="checkbox"
              checked={form.is_shared}
              onChange={(event) => draft.set({ is_shared: event.target.checked })}
            />
            {t("views.shared")}
          </label>
        )}
        <FormEnd
          run={save}
          action={t("action.save")}
          disabled={isStale || Object.keys(actionsOf(form)).length === 0}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}

function saved(macro: Macro | null, form: MacroForm, key: string) {
  const { name, is_shared, version } = form;
  const body = { name, is_shared, actions: actionsOf(form) };
  if (!macro) return data(tickets.POST("/api/v1/macros/", { params: { header: once(key) }, body }));
  const params = { path: { id: macro.id }, header: { "If-Match": `"${version}"` } };
  return data(tickets.PATCH("/api/v1/macros/{id}/", { params, body }));
}

function Fields({ form, set, errorOf }: Part) {
  return (
    <>
      <div className="pair">
        <Choice
          name="priority"
          value={form.priority}
          options={PRIORITIES.map((value) => [value, label("priority", value)])}
          error={errorOf("actions.priority")}
          onChange={(value) => set({ priority: value as Priority | "" })}
        />
        <Choice
          name="status"
          hint={t("macros.statusHint")}
          value={form.status}
          options={STATUSES.map((value) => [value, label("macros.status", value)])}
          error={errorOf("actions.status")}
          onChange={(value) => set({ status: value as MacroForm["status"] })}
        />
      </div>
      {takesReason(form.status) && (
        <TextField
          label={t("task.reason")}
          required={form.status === "Rejected"}
          optional={form.status !== "Rejected"}
          maxLength={2000}
          value={form.reason}
          error={errorOf("actions.reason")}
          onChange={(reason) => set({ reason })}
        />
      )}
      <CategoryChoice form={form} set={set} errorOf={errorOf} />
      <div className="pair">
        <TextField
          label={t("macros.action.add_tags")}
          hint={t("macros.tagsHint")}
          value={form.addTags}
          error={errorOf("actions.add_tags")}
          onChange={(addTags) => set({ addTags })}
        />
        <TextField
          label={t("macros.action.remove_tags")}
          value={form.removeTags}
          error={errorOf("actions.remove_tags")}
          onChange={(removeTags) => set({ removeTags })}
        />
      </div>
    </>
  );
}

/** The category and, once there is one, its sub-category: without a category there is none to choose from. */
function CategoryChoice({ form, set, errorOf }: Part) {
  const categories = useCategories().data ?? [];
  const offered = categories.filter((one) => one.is_active || one.slug === form.category);
  const chosen = categories.find((one) => one.slug === form.category);
  return (
    <div className="pair">
      <Choice
        name="category"
        value={form.category}
        options={offered.map(({ slug, name }) => [slug, name])}
        error={errorOf("actions.category")}
        onChange={(category) => set({ category, sub_category: "" })}
      />
      {chosen && chosen.sub_categories.length > 0 && (
        <Choice
          name="sub_category"
          value={form.sub_category}
          options={chosen.sub_categories.map(({ slug, name }) => [slug, name])}
          error={errorOf("actions.sub_category")}
          onChange={(sub_category) => set({ sub_category })}
        />
      )}
    </div>
  );
}

interface ChoiceProps {
  name: "priority" | "status" | "category" | "sub_category";
  hint?: string;
  value: string;
  options: [value: string, text: string][];
  error: string | undefined;
  onChange: (value: string) => void;
}

function Choice({ name, hint, value, options, error, onChange }: ChoiceProps) {
  return (
    <Field label={t(`macros.action.${name}`)} hint={hint} error={error}>
      {(props) => (
        <select {...props} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{t("macros.asItIs")}</option>
          {options.map(([slug, text]) => (
            <option key={slug} value={slug}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
