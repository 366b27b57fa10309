import { t } from "../../i18n";
import { Field, TextField } from "../../ui/controls";
import { KINDS, MONTH_DAYS, ruleOf, WEEKDAYS, weekdayName, WHICH, type Repeat } from "./repeat";

interface RepeatFieldsProps {
  repeat: Repeat;
  error: string | undefined;
  onChange: (change: Partial<Repeat>) => void;
}

/** On which days, by ordinary controls; what they cannot say, by a rule. */
export function RepeatFields({ repeat, error, onChange }: RepeatFieldsProps) {
  return (
    <>
      <div className="pair">
        <Choice
          label={t("schedules.repeats")}
          value={repeat.kind}
          options={KINDS.map((kind) => [kind, t(`schedules.${kind}`)])}
          onChange={(kind) => onChange(kind === "custom" ? { kind, rule: ruleOf(repeat) } : { kind })}
        />
        {repeat.kind !== "custom" && <Every kind={repeat.kind} value={repeat.every} onChange={onChange} />}
      </div>
      {repeat.kind === "weekly" && <Weekdays days={repeat.days} onChange={(days) => onChange({ days })} />}
      {repeat.kind === "monthly" && <MonthDay repeat={repeat} onChange={onChange} />}
      {repeat.kind === "custom" ? (
        <TextField
          label={t("schedules.rule")}
          hint={t("schedules.ruleHint")}
          required
          maxLength={200}
          spellCheck={false}
          value={repeat.rule}
          error={error}
          onChange={(rule) => onChange({ rule })}
        />
      ) : (
        error && <p className="field-error">{error}</p>
      )}
    </>
  );
}

interface EveryProps {
  kind: "daily" | "weekly" | "monthly";
  value: string;
  onChange: (change: Partial<Repeat>) => void;
}

function Every({ kind, value, onChange }: EveryProps) {
  return (
    <Field label={t("schedules.every")}>
      {(props) => (
        <span className="row">
          <input
            {...props}
            type="number"
            className="amount"
            required
            min={1}
            max={99}
            value={value}
            onChange={(event) => onChange({ every: event.target.value })}
          />
          {t(`schedules.every.${kind}`)}
        </span>
      )}
    </Field>
  );
}

function Weekdays({ days, onChange }: { days: Repeat["days"]; onChange: (days: Repeat["days"]) => void }) {
  return (
    <fieldset>
      <legend>{t("schedules.days")}</legend>
      <div className="row">
        {WEEKDAYS.map((day) => (
          <label key={day} className="check">
            <input
              type="checkbox"
              required={days.length === 0}
              checked={days.includes(day)}
              onChange={({ target }) =>
                onChange(target.checked ? [...days, day] : days.filter((other) => other !== day))
              }
            />
            {weekdayName(day)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function MonthDay({ repeat, onChange }: Pick<RepeatFieldsProps, "repeat" | "onChange">) {
  return (
    <>
      <Choice
        label={t("schedules.day")}
        value={repeat.monthDay}
        options={MONTH_DAYS.map((day) => [day, t(`schedules.day.${day}`)])}
        onChange={(monthDay) => onChange({ monthDay })}
      />
      {repeat.monthDay === "date" && (
        <TextField
          label={t("schedules.date")}
          hint={t("schedules.dateHint")}
          type="number"
          className="amount"
          required
          min={1}
          max={31}
          value={repeat.date}
          onChange={(date) => onChange({ date })}
        />
      )}
      {repeat.monthDay === "weekday" && (
        <div className="pair">
          <Choice
            label={t("schedules.which")}
            value={repeat.which}
            options={WHICH.map((which) => [which, t(`schedules.which.${which}`)])}
            onChange={(which) => onChange({ which })}
          />
          <Choice
            label={t("schedules.weekday")}
            value={repeat.weekday}
            options={WEEKDAYS.map((day) => [day, weekdayName(day)])}
            onChange={(weekday) => onChange({ weekday })}
          />
        </div>
      )}
    </>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: (readonly [T, string])[];
  onChange: (value: T) => void;
}

function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <Field label={label}>
      {(props) => (
        <select {...props} value={value} onChange={(event) => onChange(event.target.value as T)}>
          {options.map(([one, text]) => (
            <option key={one} value={one}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
