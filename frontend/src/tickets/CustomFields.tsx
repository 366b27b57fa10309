import { useId } from "react";
import type { CustomField } from "../api/clients";
import { t } from "../i18n";
import { Button, Field } from "../ui/controls";

export type FieldValue = string | { start: string; end: string } | { name: string; amount: string }[];
export type FieldValues = Record<string, FieldValue>;

interface CustomFieldsProps {
  fields: CustomField[];
  values: FieldValues;
  /** What is wrong with a field, by its name. */
  errorOf: (name: string) => string | undefined;
  onChange: (values: FieldValues) => void;
}

/** The further fields that a category asks for. */
export function CustomFields({ fields, values, errorOf, onChange }: CustomFieldsProps) {
  return fields.map((field) => {
    const change = (value: FieldValue) => onChange({ ...values, [field.name]: value });
    const common = { field, error: errorOf(field.name) };
    const value = values[field.name];
    if (field.type === "items") {
      return <ItemsField key={field.name} {...common} value={Array.isArray(value) ? value : []} onChange={change} />;
    }
    if (field.type === "period") {
      const period = typeof value === "object" && !Array.isArray(value) ? value : { start: "", end: "" };
      return <PeriodField key={field.name} {...common} value={period} onChange={change} />;
    }
    return <OneField key={field.name} {...common} value={typeof value === "string" ? value : ""} onChange={change} />;
  });
}

interface OneProps<T> {
  field: CustomField;
  error: string | undefined;
  value: T;
  onChange: (value: T) => void;
}

function OneField({ field, error, value, onChange }: OneProps<string>) {
  return (
    <Field label={field.label} error={error} optional={!field.required}>
      {(props) =>
        field.type === "choice" ? (
          <select {...props} required={field.required} value={value} onChange={(event) => onChange(event.target.value)}>
            <option value="" />
            {(field.choices ?? []).map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        ) : (
          <input
            {...props}
            type={field.type === "date" ? "date" : "text"}
            inputMode={field.type === "amount" ? "decimal" : undefined}
            pattern={field.type === "amount" ? AMOUNT : undefined}
            placeholder={field.type === "amount" ? "0.00" : undefined}
            maxLength={500}
            required={field.required}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}

const AMOUNT = "[0-9]{1,12}([.][0-9]{1,2})?";

function PeriodField({ field, error, value, onChange }: OneProps<{ start: string; end: string }>) {
  return (
    <fieldset className="row" aria-invalid={Boolean(error)}>
      <legend>{field.label}</legend>
      <Field label={t("field.from")} error={error}>
        {(props) => (
          <input
            {...props}
            type="date"
            required={field.required}
            value={value.start}
            onChange={(event) => onChange({ ...value, start: event.target.value })}
          />
        )}
      </Field>
      <Field label={t("field.until")}>
        {(props) => (
          <input
            {...props}
            type="date"
            min={value.start || undefined}
            required={field.required}
            value={value.end}
            onChange={(event) => onChange({ ...value, end: event.target.value })}
          />
        )}
      </Field>
    </fieldset>
  );
}

type Item = { name: string; amount: string };

function ItemsField({ field, error, value, onChange }: OneProps<Item[]>) {
  const id = useId();
  const items = value.length > 0 ? value : [{ name: "", amount: "" }];
  const set = (at: number, change: Partial<Item>) =>
    onChange(items.map((item, number) => (number === at ? { ...item, ...change } : item)));
  return (
    <fieldset aria-describedby={error && `${id}-error`}>
      <legend>{field.label}</legend>
      {items.map((item, at) => (
        <div className="row" key={at}>
          <input
            aria-label={`${t("field.item")} ${at + 1}`}
            placeholder={t("field.item")}
            required={field.required}
            value={item.name}
            onChange={(event) => set(at, { name: event.target.value })}
          />
          <input
            aria-label={`${t("field.amount")} ${at + 1}`}
            placeholder="0.00"
            inputMode="decimal"
            pattern={AMOUNT}
            required={field.required || item.name !== ""}
            value={item.amount}
            onChange={(event) => set(at, { amount: event.target.value })}
          />
          {items.length > 1 && (
            <Button
              look="quiet"
              aria-label={t("field.removeItem", { n: at + 1 })}
              onClick={() => onChange(items.filter((_, number) => number !== at))}
            >
              ✕
            </Button>
          )}
        </div>
      ))}
      <Button look="quiet" onClick={() => onChange([...items, { name: "", amount: "" }])}>
        {t("field.addItem")}
      </Button>
      {error && (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** What is sent: what is empty is left out, so that only what is needed and missing is refused. */
export function filled(fields: CustomField[], values: FieldValues): FieldValues {
  const result: FieldValues = {};
  for (const { name } of fields) {
    const value = values[name];
    if (Array.isArray(value)) {
      const items = value.filter((item) => item.name || item.amount);
      if (items.length > 0) result[name] = items;
    } else if (typeof value === "object") {
      if (value.start || value.end) result[name] = value;
    } else if (value) result[name] = value;
  }
  return result;
}
