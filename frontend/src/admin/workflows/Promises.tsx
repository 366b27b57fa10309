import { useId } from "react";
import { duration, label, t } from "../../i18n";
import { faultAt, PRIORITIES, PROMISES, type Definition, type Fault, type Promised } from "../../workflows/definition";

interface PromisesProps {
  definition: Definition;
  faults: Fault[];
  onChange: (definition: Definition) => void;
}

/** What is promised for each priority, in minutes of the calendar; nothing need be promised of answers. */
export function Promises({ definition, faults, onChange }: PromisesProps) {
  return (
    <section className="card stack" aria-labelledby="promises">
      <h2 id="promises">{t("edit.promises")}</h2>
      <p className="muted small">{t("edit.promisesHint")}</p>
      <div className="scroll">
        <table className="list promises">
          <thead>
            <tr>
              <th scope="col">{t("tickets.priority")}</th>
              {PROMISES.map((name) => (
                <th key={name} scope="col">
                  {t(`edit.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {PRIORITIES.map((priority) => (
              <tr key={priority}>
                <th scope="row">{label("priority", priority)}</th>
                {PROMISES.map((name) => (
                  <td key={name}>
                    <Minutes
                      label={`${t(`edit.${name}`)}, ${label("priority", priority)}`}
                      value={definition[name][priority]}
                      fault={faultAt(faults, `${name}.${priority}`)}
                      onChange={(minutes) =>
                        onChange({ ...definition, [name]: withMinutes(definition, name, priority, minutes) })
                      }
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function withMinutes(definition: Definition, name: Promised, priority: string, minutes: number | null) {
  const others = Object.entries(definition[name]).filter(([key]) => key !== priority);
  return Object.fromEntries(minutes === null ? others : [...others, [priority, minutes]]);
}

interface MinutesProps {
  label: string;
  value: number | undefined;
  fault: string | undefined;
  onChange: (minutes: number | null) => void;
}

function Minutes({ label: name, value, fault, onChange }: MinutesProps) {
  const id = useId();
  return (
    <>
      <input
        type="number"
        min={0}
        max={10_000_000}
        aria-label={name}
        aria-describedby={`${id}-said`}
        aria-invalid={fault !== undefined}
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}
      />
      <span id={`${id}-said`} className={fault ? "field-error small" : "muted small"}>
        {fault ?? (value ? duration(value) : "–")}
      </span>
    </>
  );
}
