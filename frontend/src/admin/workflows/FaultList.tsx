import type { Ref } from "react";
import { label, plural, t } from "../../i18n";
import type { Definition, Fault } from "../../workflows/definition";
import { openStep } from "./openStep";

interface FaultListProps {
  ref: Ref<HTMLDivElement>;
  faults: Fault[];
  definition: Definition;
  /** Whether what is shown is what was looked at. */
  isSaved: boolean;
}

/** Everything that keeps a draft from being published, each with the way to its place. */
export function FaultList({ ref, faults, definition, isSaved }: FaultListProps) {
  return (
    <div ref={ref} tabIndex={-1} role="status" className={faults.length > 0 ? "notice error faults" : "faults"}>
      {faults.length > 0 && (
        <>
          <p>
            <strong>{plural("edit.faults", faults.length)}</strong> {!isSaved && t("edit.faultsOfSaved")}
          </p>
          <ul>
            {faults.map((fault) => (
              <li key={fault.field + fault.code + fault.detail}>
                <Place field={fault.field} definition={definition} /> {fault.detail}
              </li>
            ))}
          </ul>
        </>
      )}
      {faults.length === 0 && isSaved && <p className="muted small">✓ {t("edit.sound")}</p>}
    </div>
  );
}

function Place({ field, definition }: { field: string; definition: Definition }) {
  const [list, key = ""] = field.split(".");
  const step = list === "steps" ? definition.steps.find((one) => one.key === key) : undefined;
  if (!step)
    return key ? (
      <strong>
        {label("edit.place", list ?? "")} {key}:
      </strong>
    ) : null;
  return (
    <a
      href={`#step-${key}`}
      onClick={(event) => {
        event.preventDefault();
        openStep(key);
      }}
    >
      {step.name || step.key}:
    </a>
  );
}
