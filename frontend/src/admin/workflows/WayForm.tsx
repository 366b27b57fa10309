import { useState } from "react";
import { t } from "../../i18n";
import { Button, Field, TextField } from "../../ui/controls";
import {
  wayChanged,
  wayNamed,
  type Definition,
  type Fault,
  type Guard,
  type Step,
  type Way,
} from "../../workflows/definition";

const OPERATORS = ["eq", "ne", "lt", "le", "gt", "ge", "in"] as const;
const END = "-";

interface WayFormProps {
  definition: Definition;
  step: Step;
  way: Way;
  at: number;
  faults: Fault[];
  /** Its key may still follow its words. */
  isNew: boolean;
  onChange: (step: Step) => void;
}

/** A way on from a step: what its button says, where it leads, and for which tickets it is open. */
export function WayForm({ definition, step, way, at, faults, isNew, onChange }: WayFormProps) {
  const set = (change: Partial<Way>) => onChange(wayChanged(step, at, change));
  const isFixed = step.approval_rule !== "";
  const name = way.label || way.key;
  return (
    <div className="way-form">
      <TextField
        label={t("edit.wayLabel")}
        required
        maxLength={120}
        value={way.label}
        onChange={(words) => onChange(wayNamed(step, at, words, isNew))}
      />
      <Field label={t("edit.leadsTo")}>
        {(props) => (
          <select
            {...props}
            value={way.to ?? END}
            onChange={(event) => set({ to: event.target.value === END ? null : event.target.value })}
          >
            <option value={END}>{t("edit.endOfWork")}</option>
            {definition.steps.map((one) => (
              <option key={one.key} value={one.key}>
                {one.name || one.key}
              </option>
            ))}
          </select>
        )}
      </Field>
      {!isFixed && (
        <div className="row">
          <Button
            look="quiet"
            aria-expanded={way.guard !== null}
            aria-label={t("edit.guardNamed", { what: t(way.guard ? "edit.unguard" : "edit.guard"), name })}
            onClick={() => set({ guard: way.guard ? null : { eq: { field: "priority", value: "Critical" } } })}
          >
            {way.guard ? t("edit.unguard") : t("edit.guard")}
          </Button>
          <Button
            look="quiet"
            aria-label={t("action.remove", { name })}
            onClick={() => onChange({ ...step, transitions: step.transitions.filter((_, number) => number !== at) })}
          >
            ✕
          </Button>
        </div>
      )}
      {way.guard && <GuardForm guard={way.guard} onChange={(guard) => set({ guard })} />}
      {faults.map((fault) => (
        <p key={fault.code + fault.detail} className="field-error whole">
          ⚠ {fault.detail}
        </p>
      ))}
    </div>
  );
}

interface Comparison {
  operator: string;
  field: string;
  value: unknown;
}

/** One comparison as fields; combinations (`all`, `any`, `not`) as they are written. */
function GuardForm({ guard, onChange }: { guard: Guard; onChange: (guard: Guard) => void }) {
  const one = comparisonOf(guard);
  if (!one) return <Written guard={guard} onChange={onChange} />;
  const set = (change: Partial<Comparison>) => {
    const { operator, field, value } = { ...one, ...change };
    onChange({ [operator]: { field, value: operator === "in" && !Array.isArray(value) ? [value] : value } });
  };
  return (
    <fieldset className="guard whole">
      <legend>{t("edit.onlyIf")}</legend>
      <TextField
        label={t("edit.guardField")}
        hint={t("edit.guardFieldHint")}
        value={one.field}
        onChange={(field) => set({ field })}
      />
      <Field label={t("edit.guardOperator")}>
        {(props) => (
          <select {...props} value={one.operator} onChange={(event) => set({ operator: event.target.value })}>
            {OPERATORS.map((operator) => (
              <option key={operator} value={operator}>
                {t(`edit.operator.${operator}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label={t("edit.guardValue")}
        value={shown(one.value)}
        onChange={(typed) => set({ value: valueOf(typed, one) })}
      />
    </fieldset>
  );
}

function comparisonOf(guard: Guard): Comparison | null {
  const [entry, ...more] = Object.entries(guard);
  if (!entry || more.length > 0 || !(OPERATORS as readonly string[]).includes(entry[0])) return null;
  const { field, value } = (entry[1] ?? {}) as { field?: string; value?: unknown };
  return typeof field === "string" ? { operator: entry[0], field, value } : null;
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String((value as string | number | boolean | undefined) ?? "");
}

/** What was typed as the guard compares it: a number where it is one. */
function valueOf(typed: string, { operator }: Comparison): unknown {
  const plain = (text: string) => (/^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text);
  return operator === "in" ? typed.split(",").map((text) => plain(text.trim())) : plain(typed);
}

function Written({ guard, onChange }: { guard: Guard; onChange: (guard: Guard) => void }) {
  const [text, setText] = useState(() => JSON.stringify(guard, null, 1));
  const [isWrong, setWrong] = useState(false);
  return (
    <div className="whole">
      <Field label={t("edit.onlyIf")} error={isWrong ? t("edit.notJson") : undefined}>
        {(props) => (
          <textarea
            {...props}
            rows={5}
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              const read = parsed(event.target.value);
              setWrong(read === null);
              if (read) onChange(read);
            }}
          />
        )}
      </Field>
    </div>
  );
}

function parsed(text: string): Guard | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Guard) : null;
  } catch {
    return null;
  }
}
