import { t } from "../../i18n";
import { useCategories } from "../../tickets/queries";
import { Field, TextField } from "../../ui/controls";
import { faultAt, type Definition, type Fault } from "../../workflows/definition";
import { useCalendars } from "./queries";

interface HeadingProps {
  definition: Definition;
  faults: Fault[];
  onChange: (definition: Definition) => void;
}

/** What it is called, and which tickets it takes. */
export function Heading({ definition, faults, onChange }: HeadingProps) {
  const set = (change: Partial<Definition>) => onChange({ ...definition, ...change });
  const wrong = (field: string) => faultAt(faults, field);
  return (
    <section className="card stack" aria-labelledby="what">
      <h2 id="what">{t("edit.what")}</h2>
      <TextField
        label={t("workflows.name")}
        required
        maxLength={120}
        value={definition.name}
        error={wrong("name")}
        onChange={(name) => set({ name })}
      />
      <Field label={t("edit.description")} optional error={wrong("description")}>
        {(props) => (
          <textarea
            {...props}
            rows={2}
            maxLength={10_000}
            value={definition.description}
            onChange={(event) => set({ description: event.target.value })}
          />
        )}
      </Field>
      {wrong("workflow") && (
        <p className="field-error" id="workflow-taken">
          {wrong("workflow")}
        </p>
      )}
      <div className="pair">
        <Takes definition={definition} faults={faults} onChange={onChange} />
        <Calendar value={definition.calendar} error={wrong("calendar")} onChange={(calendar) => set({ calendar })} />
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={definition.is_catch_all}
          onChange={(event) => set({ is_catch_all: event.target.checked })}
        />
        {t("edit.catchAll")}
      </label>
    </section>
  );
}

function Takes({ definition, faults, onChange }: HeadingProps) {
  const categories = useCategories().data ?? [];
  const set = (change: Partial<Definition>) => onChange({ ...definition, ...change });
  const chosen = categories.find((one) => one.slug === definition.category);
  const isGone = definition.category !== "" && !chosen;
  return (
    <>
      <Field label={t("ticket.category")} error={faultAt(faults, "category")}>
        {(props) => (
          <select
            {...props}
            value={definition.category}
            disabled={definition.is_catch_all}
            onChange={(event) => set({ category: event.target.value, sub_category: "" })}
          >
            <option value="">{t("workflows.anyCategory")}</option>
            {isGone && <option value={definition.category}>{definition.category}</option>}
            {categories.map((one) => (
              <option key={one.slug} value={one.slug}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {chosen && chosen.sub_categories.length > 0 && (
        <Field label={t("new.subCategory")} error={faultAt(faults, "sub_category")}>
          {(props) => (
            <select
              {...props}
              value={definition.sub_category}
              onChange={(event) => set({ sub_category: event.target.value })}
            >
              <option value="">{t("edit.any")}</option>
              {chosen.sub_categories.map((one) => (
                <option key={one.slug} value={one.slug}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <TextField
        label={t("ticket.department")}
        optional
        maxLength={120}
        disabled={definition.is_catch_all}
        value={definition.department}
        error={faultAt(faults, "department")}
        onChange={(department) => set({ department })}
      />
    </>
  );
}

interface CalendarProps {
  value: string;
  error: string | undefined;
  onChange: (key: string) => void;
}

function Calendar({ value, error, onChange }: CalendarProps) {
  const calendars = useCalendars().data ?? [];
  return (
    <Field label={t("edit.calendar")} error={error}>
      {(props) => (
        <select {...props} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{t("edit.aroundTheClock")}</option>
          {value && !calendars.some((one) => one.key === value) && <option value={value}>{value}</option>}
          {calendars.map((one) => (
            <option key={one.key} value={one.key}>
              {one.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
