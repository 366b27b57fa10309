/** Fields of a ticket that every form of one has: a request, its change, a template. */
import type { Priority } from "../api/clients";
import { label, t } from "../i18n";
import { Field } from "../ui/controls";
import { PRIORITIES } from "./queries";

interface DescriptionFieldProps {
  value: string;
  hint?: string;
  error?: string;
  optional?: boolean;
  onChange: (description: string) => void;
}

export function DescriptionField({ value, hint, error, optional = false, onChange }: DescriptionFieldProps) {
  return (
    <Field label={t("new.description")} hint={hint} error={error} optional={optional}>
      {(props) => (
        <textarea
          {...props}
          required={!optional}
          rows={7}
          maxLength={20_000}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

interface PriorityFieldProps<Value extends Priority | ""> {
  label: string;
  value: Value;
  error?: string;
  /** What stands for none; without it there is always one. */
  none?: string;
  onChange: (priority: Value) => void;
}

export function PriorityField<Value extends Priority | "">(props: PriorityFieldProps<Value>) {
  const { label: name, value, error, none, onChange } = props;
  return (
    <Field label={name} error={error} optional={none !== undefined}>
      {(input) => (
        <select {...input} value={value} onChange={(event) => onChange(event.target.value as Value)}>
          {none !== undefined && <option value="">{none}</option>}
          {PRIORITIES.map((priority) => (
            <option key={priority} value={priority}>
              {label("priority", priority)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
