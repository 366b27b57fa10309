import { label, t } from "../../i18n";
import { Button, Field, TextField } from "../../ui/controls";
import {
  faultsOfStep,
  ruleChosen,
  stepAdded,
  stepChanged,
  stepMoved,
  stepNamed,
  stepRemoved,
  wayAdded,
  type Definition,
  type Fault,
  type Step,
} from "../../workflows/definition";
import { roleName } from "../../session/roles";
import { useRoleNames } from "./queries";
import { openSoon } from "./openStep";
import { WayForm } from "./WayForm";

const RULES = ["", "any", "all", "n_of_m"] as const;
const STRATEGIES = ["round_robin", "least_loaded", "claim"] as const;

interface StepFormProps {
  definition: Definition;
  step: Step;
  at: number;
  faults: Fault[];
  /** The keys that the service knows (`keysOf`): those stay, others follow their names. */
  known: ReadonlySet<string>;
  onChange: (definition: Definition) => void;
}

/** One step: who does it, how, and where it leads. What is wrong with it stands in it. */
export function StepForm({ definition, step, at, faults, known, onChange }: StepFormProps) {
  const own = faultsOfStep(faults, step.key).filter((fault) => fault.field === `steps.${step.key}`);
  const set = (change: Partial<Step>) => onChange(stepChanged(definition, at, change));
  const name = step.name || step.key;
  const addAfter = () => {
    const next = stepAdded(definition, at, t("edit.firstWay"));
    onChange(next);
    openSoon(next.steps[at + 1]);
  };
  const isLast = at === definition.steps.length - 1;
  return (
    <details id={`step-${step.key}`} className={own.length > 0 ? "card step-form faulty" : "card step-form"} open>
      <summary>
        {at + 1}. {name}{" "}
        <span className="muted">
          {[at === 0 && t("graph.start"), step.approval_rule && t("graph.approval"), roleName(step.role)]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </summary>
      <fieldset className="stack">
        <legend className="sr">{name}</legend>
        {own.map((fault) => (
          <p key={fault.code + fault.detail} className="field-error">
            ⚠ {fault.detail}
          </p>
        ))}
        <div className="pair">
          <TextField
            label={t("edit.stepName")}
            required
            maxLength={120}
            value={step.name}
            onChange={(words) => onChange(stepNamed(definition, at, words, !known.has(step.key)))}
          />
          <RoleField
            label={t("edit.role")}
            value={step.role}
            isWrong={own.some((fault) => fault.code.startsWith("role_"))}
            onChange={(role) => set({ role })}
          />
        </div>
        <Ways {...{ definition, step, at, faults, known, onChange }} />
        <details>
          <summary>{t("edit.more")}</summary>
          <More step={step} onChange={(next) => set(next)} />
        </details>
        <div className="row end">
          <Button
            look="quiet"
            disabled={at === 0}
            aria-label={t("edit.upNamed", { name })}
            onClick={() => onChange(stepMoved(definition, at, -1))}
          >
            ↑ {t("edit.up")}
          </Button>
          <Button
            look="quiet"
            disabled={isLast}
            aria-label={t("edit.downNamed", { name })}
            onClick={() => onChange(stepMoved(definition, at, 1))}
          >
            ↓ {t("edit.down")}
          </Button>
          <Button look="quiet" aria-label={t("edit.addAfterNamed", { name })} onClick={addAfter}>
            {t("edit.addAfter")}
          </Button>
          <Button
            look="quiet"
            aria-label={t("action.remove", { name })}
            onClick={() => onChange(stepRemoved(definition, at))}
          >
            {t("edit.remove")}
          </Button>
        </div>
      </fieldset>
    </details>
  );
}

function Ways({ definition, step, at, faults, known, onChange }: StepFormProps) {
  return (
    <fieldset className="ways">
      <legend>{t("edit.ways")}</legend>
      {step.transitions.map((way, number) => (
        <WayForm
          key={number}
          {...{ definition, step, way }}
          isNew={!known.has(`${step.key}.${way.key}`)}
          at={number}
          faults={faults.filter((fault) => fault.field === `steps.${step.key}.${way.key}`)}
          onChange={(next) => onChange(stepChanged(definition, at, next))}
        />
      ))}
      {step.approval_rule === "" && (
        <div>
          <Button look="quiet" onClick={() => onChange(stepChanged(definition, at, wayAdded(step)))}>
            {t("edit.addWay")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function More({ step, onChange }: { step: Step; onChange: (step: Partial<Step>) => void }) {
  const words = { approve: t("task.approve"), reject: t("edit.sendBack") };
  return (
    <div className="stack">
      <div className="pair">
        <Choice
          label={t("edit.kind")}
          value={step.approval_rule}
          options={RULES.map((rule) => [rule, label("edit.rule", rule || "none")])}
          onChange={(rule) => onChange(ruleChosen(step, rule as Step["approval_rule"], words))}
        />
        {step.approval_rule === "n_of_m" && (
          <NumberField
            label={t("edit.needed")}
            value={step.approvals_needed}
            max={100}
            onChange={(approvals_needed) => onChange({ approvals_needed })}
          />
        )}
        {step.approval_rule === "" && (
          <Choice
            label={t("edit.strategy")}
            value={step.strategy}
            options={STRATEGIES.map((one) => [one, label("edit.strategy", one)])}
            onChange={(strategy) => onChange({ strategy: strategy as Step["strategy"] })}
          />
        )}
        <NumberField
          label={t("edit.weight")}
          hint={t("edit.weightHint")}
          value={step.weight}
          max={1000}
          onChange={(weight) => onChange({ weight })}
        />
        <RoleField
          label={t("edit.escalation")}
          value={step.escalation_role}
          isOptional
          onChange={(escalation_role) => onChange({ escalation_role })}
        />
      </div>
      <Field label={t("task.instructions")} optional>
        {(props) => (
          <textarea
            {...props}
            rows={2}
            maxLength={10_000}
            value={step.instructions}
            onChange={(event) => onChange({ instructions: event.target.value })}
          />
        )}
      </Field>
      <label className="check">
        <input
          type="checkbox"
          checked={step.gives_resolution}
          onChange={(event) => onChange({ gives_resolution: event.target.checked })}
        />
        {t("edit.givesResolution")}
      </label>
    </div>
  );
}

interface RoleFieldProps {
  label: string;
  value: string;
  isOptional?: boolean;
  isWrong?: boolean;
  onChange: (role: string) => void;
}

function RoleField({ label: name, value, isOptional, isWrong, onChange }: RoleFieldProps) {
  const roles = useRoleNames().data ?? [];
  const isUnknown = value !== "" && !roles.some((one) => one.role === value);
  return (
    <Field label={name}>
      {(props) => (
        <select
          {...props}
          aria-invalid={isWrong ?? false}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          <option value="">{isOptional ? t("edit.nobody") : t("edit.chooseRole")}</option>
          {isUnknown && <option value={value}>{value}</option>}
          {roles.map((one) => (
            <option key={one.role} value={one.role}>
              {one.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: (readonly [string, string])[];
  onChange: (value: string) => void;
}

function Choice({ label: name, value, options, onChange }: ChoiceProps) {
  return (
    <Field label={name}>
      {(props) => (
        <select {...props} value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface NumberFieldProps {
  label: string;
  hint?: string;
  value: number;
  max: number;
  onChange: (value: number) => void;
}

function NumberField({ label: name, hint, value, max, onChange }: NumberFieldProps) {
  return (
    <TextField
      label={name}
      hint={hint}
      type="number"
      min={0}
      max={max}
      value={String(value)}
      onChange={(typed) => onChange(Number(typed) || 0)}
    />
  );
}
