import type { RequestTemplate } from "../../api/clients";
import { ProblemError } from "../../api/problem";
import { t } from "../../i18n";
import { PersonPicker } from "../../people/PersonPicker";
import { useRequestTemplates } from "../../requestTemplates/queries";
import { Field, TextField } from "../../ui/controls";
import { ErrorNotice } from "../../ui/feedback";
import { ZoneField } from "../../ui/ZoneField";
import type { Form } from "./model";
import { RepeatFields } from "./RepeatFields";

interface FieldsProps {
  form: Form;
  error: unknown;
  onChange: (change: Partial<Form>) => void;
}

export function Fields({ form, error, onChange }: FieldsProps) {
  const errorOf = (field: string) => (error instanceof ProblemError ? error.of(field) : undefined);
  return (
    <>
      <TextField
        label={t("schedules.name")}
        required
        maxLength={100}
        value={form.name}
        error={errorOf("name")}
        onChange={(name) => onChange({ name })}
      />
      <TemplateField
        value={form.template_id}
        error={errorOf("template_id")}
        onChange={(template_id) => onChange({ template_id })}
      />
      <PersonPicker
        label={t("schedules.requester")}
        hint={form.version === 0 ? t("schedules.requesterHint") : t("schedules.requesterOf")}
        optional={form.version === 0}
        error={errorOf("requester_id")}
        value={form.requester}
        onChange={(requester) => onChange({ requester })}
      />
      <RepeatFields
        repeat={form.repeat}
        error={errorOf("rule")}
        onChange={(change) => onChange({ repeat: { ...form.repeat, ...change } })}
      />
      <div className="pair">
        <TextField
          label={t("schedules.time")}
          type="time"
          required
          value={form.time}
          error={errorOf("time")}
          onChange={(time) => onChange({ time })}
        />
        <ZoneField
          label={t("schedules.zone")}
          value={form.time_zone}
          error={errorOf("time_zone")}
          onChange={(time_zone) => onChange({ time_zone })}
        />
      </div>
      <div className="pair">
        <TextField
          label={t("schedules.starts")}
          hint={t("schedules.startsHint")}
          type="date"
          required
          min="2000-01-01"
          max="2099-12-31"
          value={form.starts_on}
          error={errorOf("starts_on")}
          onChange={(starts_on) => onChange({ starts_on })}
        />
        <TextField
          label={t("schedules.ends")}
          type="date"
          optional
          min={form.starts_on || undefined}
          max="2099-12-31"
          value={form.ends_on}
          error={errorOf("ends_on")}
          onChange={(ends_on) => onChange({ ends_on })}
        />
      </div>
    </>
  );
}

interface TemplateFieldProps {
  value: string;
  error: string | undefined;
  onChange: (id: string) => void;
}

function TemplateField({ value, error, onChange }: TemplateFieldProps) {
  const templates = useRequestTemplates();
  const shared: RequestTemplate[] = templates.data?.filter((one) => one.is_shared) ?? [];
  const isNone = templates.data !== undefined && shared.length === 0;
  return (
    <>
      <Field
        label={t("schedules.template")}
        hint={isNone ? t("schedules.noTemplate") : t("schedules.templateHint")}
        error={error}
      >
        {(props) => (
          <select {...props} required value={value} onChange={(event) => onChange(event.target.value)}>
            <option value="">{t("schedules.chooseTemplate")}</option>
            {shared.map((template) => (
              <option key={template.id} value={template.id}>
                {template.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {templates.error && <ErrorNotice error={templates.error} onRetry={() => void templates.refetch()} />}
    </>
  );
}
