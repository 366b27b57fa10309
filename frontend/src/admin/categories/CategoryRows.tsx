import { t } from "../../i18n";
import { Button, Field, TextField } from "../../ui/controls";
import { FIELD_TYPES, keyOf, moved, NEW_FIELD, replaced, type FieldType, type Form, type FormField } from "./model";

interface RowsProps<T> {
  rows: T[];
  onChange: (rows: T[]) => void;
}

/** The sub-categories of a category. */
export function SubCategoryRows({ rows, onChange }: RowsProps<Form["sub_categories"][number]>) {
  return (
    <fieldset>
      <legend>{t("categories.subs")}</legend>
      {rows.map((row, at) => (
        <div className="row" key={at}>
          <input
            aria-label={t("categories.subName", { n: at + 1 })}
            placeholder={t("categories.name")}
            required
            maxLength={100}
            value={row.name}
            onChange={(event) => {
              const name = event.target.value;
              const follows = row.slug === keyOf(row.name, "-");
              onChange(replaced(rows, at, follows ? { name, slug: keyOf(name, "-") } : { name }));
            }}
          />
          <input
            aria-label={t("categories.subSlug", { n: at + 1 })}
            placeholder={t("categories.slug")}
            required
            maxLength={64}
            pattern="[-a-zA-Z0-9_]+"
            value={row.slug}
            onChange={(event) => onChange(replaced(rows, at, { slug: event.target.value }))}
          />
          <RowButtons rows={rows} at={at} name={row.name} onChange={onChange} />
        </div>
      ))}
      <Button look="quiet" onClick={() => onChange([...rows, { slug: "", name: "" }])}>
        {t("categories.addSub")}
      </Button>
    </fieldset>
  );
}

/** The further fields of a category. */
export function FieldRows({ rows, onChange }: RowsProps<FormField>) {
  return (
    <fieldset>
      <legend>{t("categories.fields")}</legend>
      {rows.map((row, at) => (
        <OneField
          key={at}
          row={row}
          n={at + 1}
          onChange={(change) => onChange(replaced(rows, at, change))}
          buttons={<RowButtons rows={rows} at={at} name={row.label || row.name} onChange={onChange} />}
        />
      ))}
      <Button look="quiet" onClick={() => onChange([...rows, NEW_FIELD])}>
        {t("categories.addField")}
      </Button>
    </fieldset>
  );
}

interface OneFieldProps {
  row: FormField;
  n: number;
  onChange: (change: Partial<FormField>) => void;
  buttons: React.ReactNode;
}

function OneField({ row, n, onChange, buttons }: OneFieldProps) {
  return (
    <fieldset className="field-row">
      <legend className="sr">{t("categories.field", { n })}</legend>
      <TextField
        label={t("categories.field.label")}
        required
        maxLength={100}
        value={row.label}
        onChange={(label) => {
          const follows = row.name === keyOf(row.label, "_");
          onChange(follows ? { label, name: keyOf(label, "_") } : { label });
        }}
      />
      <TextField
        label={t("categories.field.name")}
        title={t("categories.field.nameHint")}
        required
        maxLength={40}
        pattern="[a-z][a-z0-9_]{0,39}"
        value={row.name}
        onChange={(name) => onChange({ name })}
      />
      <Field label={t("categories.field.type")}>
        {(props) => (
          <select {...props} value={row.type} onChange={(event) => onChange({ type: event.target.value as FieldType })}>
            {FIELD_TYPES.map((type) => (
              <option key={type} value={type}>
                {t(`field.type.${type}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div className="row end">
        <label className="check">
          <input
            type="checkbox"
            checked={row.required}
            onChange={(event) => onChange({ required: event.target.checked })}
          />
          {t("categories.field.required")}
        </label>
        {buttons}
      </div>
      {row.type === "choice" && (
        <Field label={t("categories.field.choices")}>
          {(props) => (
            <textarea
              {...props}
              required
              rows={3}
              value={row.choices}
              onChange={(event) => onChange({ choices: event.target.value })}
            />
          )}
        </Field>
      )}
    </fieldset>
  );
}

interface RowButtonsProps<T> extends RowsProps<T> {
  at: number;
  name: string;
}

function RowButtons<T>({ rows, at, name, onChange }: RowButtonsProps<T>) {
  const shown = name || t("categories.field", { n: at + 1 });
  return (
    <>
      <Button
        look="quiet"
        aria-label={t("action.up", { name: shown })}
        disabled={at === 0}
        onClick={() => onChange(moved(rows, at, -1))}
      >
        ↑
      </Button>
      <Button
        look="quiet"
        aria-label={t("action.down", { name: shown })}
        disabled={at === rows.length - 1}
        onClick={() => onChange(moved(rows, at, 1))}
      >
        ↓
      </Button>
      <Button
        look="quiet"
        aria-label={t("action.remove", { name: shown })}
        onClick={() => onChange(rows.filter((_, number) => number !== at))}
      >
        ✕
      </Button>
    </>
  );
}
